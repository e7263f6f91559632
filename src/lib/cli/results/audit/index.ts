import * as z from 'zod/mini'
import { auditEntry } from '../local-platform.ts'
import type { ResultOf } from '../schema.ts'

export const result = z.array(auditEntry)
export type Result = ResultOf<typeof result>
