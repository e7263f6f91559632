import * as z from 'zod/mini'
import { activity } from '../model.ts'
import { changePlan } from '../plan.ts'
import type { ResultOf } from '../schema.ts'

export const result = z.union([activity, changePlan])
export type Result = ResultOf<typeof result>
