import { changedVariables } from '../changed-variables.ts'
import type { ResultOf } from '../schema.ts'

export const result = changedVariables
export type Result = ResultOf<typeof result>
