import * as z from 'zod/mini'
import { changePlan } from '../plan.ts'
import type { ResultOf } from '../schema.ts'

export const result = z.union([z.strictObject({ id: z.string() }), changePlan])
export type Result = ResultOf<typeof result>
