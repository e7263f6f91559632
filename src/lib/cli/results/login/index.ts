import * as z from 'zod/mini'
import { credential, identity } from '../accounts.ts'
import { changePlan } from '../plan.ts'
import type { ResultOf } from '../schema.ts'

export const result = z.union([z.extend(identity, { credential }), changePlan])
export type Result = ResultOf<typeof result>
