import * as z from 'zod/mini'
import { activity, environment } from '../model.ts'
import { changePlan } from '../plan.ts'
import type { ResultOf } from '../schema.ts'

/** The activity with `--no-wait` and a parent. */
export const result = z.union([environment, activity, changePlan])
export type Result = ResultOf<typeof result>
