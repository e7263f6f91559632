import { activity } from '../model.ts'
import type { ResultOf } from '../schema.ts'

export const result = activity
export type Result = ResultOf<typeof result>
