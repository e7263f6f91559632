import * as z from 'zod/mini'
import { credential, identity } from '../accounts.ts'
import type { ResultOf } from '../schema.ts'

export const result = z.extend(identity, { credential })
export type Result = ResultOf<typeof result>
