import * as z from 'zod/mini'
import type { SetupPackage } from '../../setup/plan.ts'
import type { ResultOf, Shape } from '../schema.ts'

const setupPackage = z.strictObject({
  package: z.string(),
  state: z.enum(['missing', 'present', 'installed']),
  title: z.string(),
} satisfies Shape<SetupPackage>)

export const result = z.strictObject({
  /** What a person types to install what is missing. */
  command: z.optional(z.string()),
  packages: z.array(setupPackage),
})
export type Result = ResultOf<typeof result>
