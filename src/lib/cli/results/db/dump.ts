import * as z from 'zod/mini'
import type { ResultOf } from '../schema.ts'

export const result = z.strictObject({ bytes: z.number(), file: z.string() })
export type Result = ResultOf<typeof result>
