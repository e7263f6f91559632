import * as z from 'zod/mini'
import { environment } from '../model.ts'
import type { ResultOf } from '../schema.ts'

export const result = z.array(environment)
export type Result = ResultOf<typeof result>
