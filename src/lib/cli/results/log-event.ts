import * as z from 'zod/mini'
import { LOG_LEVELS, type LogEnd, type LogGap, type LogRecord } from '../../core/events.ts'
import { ACTIVITY_RESULTS, ACTIVITY_STATES } from '../../core/model.ts'
import type { Shape } from './schema.ts'

const record = z.strictObject({
  type: z.literal('log'),
  cursor: z.string(),
  at: z.string(),
  source: z.string(),
  service: z.optional(z.string()),
  instance: z.optional(z.string()),
  level: z.enum(LOG_LEVELS),
  phase: z.optional(z.string()),
  message: z.string(),
} satisfies Shape<LogRecord>)

const gap = z.strictObject({
  type: z.literal('gap'),
  source: z.string(),
  from: z.number(),
  to: z.number(),
  dropped: z.number(),
  reason: z.enum(['retention', 'overflow', 'lost']),
} satisfies Shape<LogGap>)

const end = z.strictObject({
  type: z.literal('end'),
  state: z.optional(z.enum(ACTIVITY_STATES)),
  result: z.optional(z.enum(ACTIVITY_RESULTS)),
} satisfies Shape<LogEnd>)

/** One line of a log. */
export const logEvent = z.discriminatedUnion('type', [record, gap, end])
