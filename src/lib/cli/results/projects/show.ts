import { project } from '../model.ts'
import type { ResultOf } from '../schema.ts'

export const result = project
export type Result = ResultOf<typeof result>
