import * as z from 'zod/mini'
import { activity, formation } from './model.ts'
import { changePlan } from './plan.ts'
import type { ResultOf } from './schema.ts'

export const result = z.union([
  activity,
  z.strictObject({ fixed: z.optional(z.array(z.string())), services: z.array(formation), tag: z.string() }),
  changePlan,
])
export type Result = ResultOf<typeof result>
