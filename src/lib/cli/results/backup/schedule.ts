import * as z from 'zod/mini'
import { backupSchedule, noSchedule } from '../backups.ts'
import { changePlan } from '../plan.ts'
import type { ResultOf } from '../schema.ts'

export const result = z.union([backupSchedule, noSchedule, changePlan])
export type Result = ResultOf<typeof result>
