import * as z from 'zod/mini'
import { SHELLS } from '../../completion/format.ts'
import type { FileChange } from '../../completion/install.ts'
import { changePlan } from '../plan.ts'
import type { ResultOf, Shape } from '../schema.ts'

const change = z.strictObject({
  action: z.enum(['write', 'add-line', 'remove', 'remove-line', 'none']),
  file: z.string(),
} satisfies Shape<FileChange>)

export const result = z.union([z.strictObject({ changes: z.array(change), shell: z.enum(SHELLS) }), changePlan])
export type Result = ResultOf<typeof result>
