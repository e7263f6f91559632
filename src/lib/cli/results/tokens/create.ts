import * as z from 'zod/mini'
import { token } from '../local-platform.ts'
import { changePlan } from '../plan.ts'
import type { ResultOf } from '../schema.ts'

export const result = z.union([
  z.strictObject({
    ...z.pick(token, { expiresAt: true, name: true, project: true, scope: true }).shape,
    token: z.string(),
  }),
  changePlan,
])
export type Result = ResultOf<typeof result>
