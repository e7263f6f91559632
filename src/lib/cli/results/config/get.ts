import * as z from 'zod/mini'
import type { ResultOf } from '../schema.ts'
import { source } from '../settings.ts'

export const result = z.strictObject({ key: z.string(), value: z.string(), source })
export type Result = ResultOf<typeof result>
