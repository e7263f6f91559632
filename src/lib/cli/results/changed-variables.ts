import * as z from 'zod/mini'
import { activity } from './model.ts'
import { changePlan } from './plan.ts'
import type { ResultOf } from './schema.ts'

const changed = z.strictObject({
  effect: z.enum(['redeploys', 'restarts', 'waits']),
  names: z.array(z.string()),
  /** The one that carries it out, when one was started. */
  activity: z.optional(activity),
})

export const changedVariables = z.union([changed, changePlan])

export type ChangedVariables = ResultOf<typeof changedVariables>
