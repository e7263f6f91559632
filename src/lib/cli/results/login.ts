import { identity } from './accounts.ts'
import type { ResultOf } from './schema.ts'

export const result = identity
export type Result = ResultOf<typeof result>
