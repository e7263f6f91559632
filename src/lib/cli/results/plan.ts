import * as z from 'zod/mini'
import type { DeployPlan } from '../../providers/port.ts'
import type { ChangePlan, PlannedStep } from '../plan/change-plan.ts'
import type { Shape } from './schema.ts'

/** What a deployment would do. */
export const deployPlan = z.strictObject({
  environment: z.strictObject({ environment: z.string(), project: z.optional(z.string()) }),
  steps: z.array(z.strictObject({ phase: z.string(), action: z.string(), service: z.optional(z.string()) })),
  warnings: z.array(z.string()),
  urls: z.array(z.string()),
} satisfies Shape<DeployPlan>)

const plannedStep = z.strictObject({
  action: z.string(),
  kind: z.string(),
  name: z.string(),
  from: z.optional(z.string()),
  to: z.optional(z.string()),
} satisfies Shape<PlannedStep>)

/** What any other change would do. */
export const changePlan = z.strictObject({
  dryRun: z.literal(true),
  steps: z.array(plannedStep),
} satisfies Shape<ChangePlan>)
