import * as z from 'zod/mini'
import { platformStatus } from '../local-platform.ts'
import type { ResultOf } from '../schema.ts'

/** Printed once, when it answers. */
export const event = z.strictObject({ type: z.literal('ready'), ...platformStatus })
export type Event = ResultOf<typeof event>
