import * as z from 'zod/mini'
import { activity } from '../model.ts'
import type { ResultOf } from '../schema.ts'

export const result = z.array(activity)
export type Result = ResultOf<typeof result>
