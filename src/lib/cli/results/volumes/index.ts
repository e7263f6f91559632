import * as z from 'zod/mini'
import { volume } from '../volume.ts'
import type { ResultOf } from '../schema.ts'

export const result = z.array(volume)
export type Result = ResultOf<typeof result>
