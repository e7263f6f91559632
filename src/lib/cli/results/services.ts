import * as z from 'zod/mini'
import { service } from './model.ts'
import type { ResultOf } from './schema.ts'

export const result = z.array(service)
export type Result = ResultOf<typeof result>
