import * as z from 'zod/mini'
import { account, identity } from './accounts.ts'
import type { ResultOf } from './schema.ts'

export const result = z.strictObject({ accounts: z.array(account), identity })
export type Result = ResultOf<typeof result>
