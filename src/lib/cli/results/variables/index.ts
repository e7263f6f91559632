import * as z from 'zod/mini'
import { variable } from '../model.ts'
import type { ResultOf } from '../schema.ts'

export const result = z.array(variable)
export type Result = ResultOf<typeof result>
