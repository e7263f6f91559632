import { environment } from '../model.ts'
import type { ResultOf } from '../schema.ts'

export const result = environment
export type Result = ResultOf<typeof result>
