import * as z from 'zod/mini'
import type { Check } from '../doctor/check.ts'
import type { ResultOf, Shape } from './schema.ts'

const check = z.strictObject({
  name: z.string(),
  state: z.enum(['ok', 'warning', 'failed']),
  detail: z.string(),
  fix: z.optional(z.string()),
} satisfies Shape<Check>)

export const result = z.strictObject({ checks: z.array(check), fixed: z.array(z.string()) })
export type Result = ResultOf<typeof result>
