import type { ResultOf } from '../schema.ts'
import { session } from '../session.ts'

export const result = session
export type Result = ResultOf<typeof result>
