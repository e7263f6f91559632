import * as z from 'zod/mini'
import { platformStatus } from '../local-platform.ts'
import { changePlan } from '../plan.ts'
import type { ResultOf } from '../schema.ts'

export const result = z.union([z.strictObject(platformStatus), changePlan])
export type Result = ResultOf<typeof result>
