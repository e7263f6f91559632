import * as z from 'zod/mini'
import { changePlan } from '../plan.ts'
import type { ResultOf } from '../schema.ts'
import { changedSettings } from '../settings.ts'

export const result = z.union([changedSettings, changePlan])
export type Result = ResultOf<typeof result>
