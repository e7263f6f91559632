import * as z from 'zod/mini'
import type { ResultOf } from '../schema.ts'

export const result = z.strictObject({
  entries: z.number(),
  first: z.optional(z.number()),
  last: z.optional(z.number()),
})
export type Result = ResultOf<typeof result>
