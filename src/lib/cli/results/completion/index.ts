import * as z from 'zod/mini'
import { SHELLS } from '../../completion/format.ts'
import type { ResultOf } from '../schema.ts'

export const result = z.strictObject({ script: z.string(), shell: z.enum(SHELLS) })
export type Result = ResultOf<typeof result>
