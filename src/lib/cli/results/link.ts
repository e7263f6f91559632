import * as z from 'zod/mini'
import { changePlan } from './plan.ts'
import type { ResultOf } from './schema.ts'

export const result = z.union([
  z.strictObject({ directory: z.string(), removed: z.literal(true) }),
  z.strictObject({
    account: z.optional(z.string()),
    provider: z.optional(z.string()),
    project: z.optional(z.string()),
    environment: z.string(),
    file: z.string(),
  }),
  changePlan,
])
export type Result = ResultOf<typeof result>
