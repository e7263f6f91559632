import * as z from 'zod/mini'
import { platformStatus } from '../local-platform.ts'
import type { ResultOf } from '../schema.ts'

export const result = z.union([
  z.strictObject({ running: z.literal(false) }),
  z.strictObject({ running: z.literal(true), ...platformStatus }),
])
export type Result = ResultOf<typeof result>
