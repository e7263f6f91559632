import { session } from './session.ts'
import type { ResultOf } from './schema.ts'

export const result = session
export type Result = ResultOf<typeof result>
