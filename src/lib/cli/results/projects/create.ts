import * as z from 'zod/mini'
import { project } from '../model.ts'
import { changePlan } from '../plan.ts'
import type { ResultOf } from '../schema.ts'

export const result = z.union([project, changePlan])
export type Result = ResultOf<typeof result>
