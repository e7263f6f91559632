import * as z from 'zod/mini'
import { backupStorage } from '../backups.ts'
import { changePlan } from '../plan.ts'
import type { ResultOf } from '../schema.ts'

export const result = z.union([backupStorage, changePlan])
export type Result = ResultOf<typeof result>
