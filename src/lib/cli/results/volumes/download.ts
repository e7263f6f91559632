import * as z from 'zod/mini'
import { changePlan } from '../plan.ts'
import type { ResultOf } from '../schema.ts'
import { volumeTransfer } from '../volume.ts'

export const result = z.union([volumeTransfer, changePlan])
export type Result = ResultOf<typeof result>
