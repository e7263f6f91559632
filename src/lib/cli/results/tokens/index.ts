import * as z from 'zod/mini'
import { token } from '../local-platform.ts'
import type { ResultOf } from '../schema.ts'

export const result = z.array(token)
export type Result = ResultOf<typeof result>
