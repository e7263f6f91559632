import * as z from 'zod/mini'
import type { ResultOf } from './schema.ts'

export const result = z.strictObject({ text: z.string() })
export type Result = ResultOf<typeof result>
