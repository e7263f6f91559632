import * as z from 'zod/mini'
import { environment, project, service } from './model.ts'
import type { ResultOf } from './schema.ts'

export const result = z.union([z.array(project), z.array(environment), z.array(service)])
export type Result = ResultOf<typeof result>
