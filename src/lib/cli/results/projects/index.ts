import * as z from 'zod/mini'
import { project } from '../model.ts'
import type { ResultOf } from '../schema.ts'

export const result = z.array(project)
export type Result = ResultOf<typeof result>
