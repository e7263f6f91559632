import { backupDetails } from '../backups.ts'
import type { ResultOf } from '../schema.ts'

export const result = backupDetails
export type Result = ResultOf<typeof result>
