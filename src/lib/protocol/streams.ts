import * as z from 'zod/mini'
import { LOG_LEVELS } from '../core/events.ts'

/*
 * The WebSocket endpoints. Logs and activities speak `aloft.log.v1`: text frames of newline-separated `LogEvent`s, one
 * compact JSON object a line, the server closes with 1000 after an `end` event. Sessions speak `aloft.session.v1`
 * (session-frames.ts). A refused upgrade is answered with the HTTP status and the JSON error body of any other call.
 */

export const LOG_PROTOCOL = 'aloft.log.v1'
export const SESSION_PROTOCOL = 'aloft.session.v1'
/** Binary messages are the bytes of one connection to a managed service; closing it closes the connection. */
export const TUNNEL_PROTOCOL = 'aloft.tunnel.v1'

const flag = z.pipe(
  z.enum(['true', 'false']),
  z.transform((text: 'true' | 'false') => text === 'true'),
)
/** Comma-separated words. */
const words = z.pipe(
  z.string(),
  z.transform((text: string) => text.split(',').filter(word => word !== '')),
)

/** Query of `GET /v1/activities/:activity/log`. */
export const activityLogQuery = z.object({ after: z.optional(words), follow: z.optional(flag) })

/** Query of `GET /v1/projects/:project/environments/:environment/logs`. */
export const logQuery = z.object({
  services: z.optional(words),
  sources: z.optional(words),
  instance: z.optional(z.string()),
  level: z.optional(z.enum(LOG_LEVELS)),
  search: z.optional(z.string()),
  since: z.optional(z.string()),
  until: z.optional(z.string()),
  tail: z.optional(z.coerce.number().check(z.int(), z.minimum(0))),
  after: z.optional(words),
  follow: z.optional(flag),
})

/** Query of `GET /v1/projects/:project/environments/:environment/session`. */
export const sessionQuery = z.object({
  service: z.optional(z.string()),
  instance: z.optional(z.string()),
  /** Of a managed service, instead of a command: its client, to which `command` is added, or what dumps it to stdout. */
  program: z.optional(z.enum(['client', 'dump'])),
  /** JSON array of strings; absent: a login shell. */
  command: z.optional(
    z.pipe(
      z.pipe(
        z.string(),
        z.transform((text, context) => {
          try {
            return JSON.parse(text) as unknown
          } catch {
            context.issues.push({ code: 'custom', input: text, message: 'not JSON' })
            return z.NEVER
          }
        }),
      ),
      z.array(z.string()).check(z.minLength(1)),
    ),
  ),
  tty: z.optional(flag),
  term: z.optional(z.string()),
  columns: z.optional(z.coerce.number().check(z.int(), z.minimum(1), z.maximum(10_000))),
  rows: z.optional(z.coerce.number().check(z.int(), z.minimum(1), z.maximum(10_000))),
})

/** Query of `GET /v1/projects/:project/environments/:environment/tunnel`. */
export const tunnelQuery = z.object({ service: z.string() })

export const streamPaths = {
  activityLog: '/v1/activities/:activity/log',
  logs: '/v1/projects/:project/environments/:environment/logs',
  session: '/v1/projects/:project/environments/:environment/session',
  tunnel: '/v1/projects/:project/environments/:environment/tunnel',
} as const
