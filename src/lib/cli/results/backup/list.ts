import * as z from 'zod/mini'
import { backup } from '../backups.ts'
import type { ResultOf } from '../schema.ts'

export const result = z.array(backup)
export type Result = ResultOf<typeof result>
