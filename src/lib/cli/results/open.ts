import * as z from 'zod/mini'
import type { ResultOf } from './schema.ts'

export const result = z.strictObject({ opened: z.boolean(), url: z.string(), urls: z.array(z.string()) })
export type Result = ResultOf<typeof result>
