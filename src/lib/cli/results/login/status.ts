import * as z from 'zod/mini'
import { account, identity } from '../accounts.ts'
import type { ResultOf } from '../schema.ts'

/** Without an identity: the account needs no login. */
export const result = z.strictObject({ account, identity: z.optional(identity) })
export type Result = ResultOf<typeof result>
