import { join } from 'node:path'
import * as z from 'zod/mini'
import type { Layout } from '../../../layout.ts'

/* How the platform speaks to the edge: HTTP over a Unix socket that only its user can open. */

export function edgeSocket(layout: Layout): string {
  return join(layout.home.runtime, 'edge.sock')
}

export const helloSchema = z.object({
  bootId: z.string(),
  pid: z.int(),
  startTime: z.string(),
  version: z.string(),
})
/** Who answers: enough to tell it from every other process. */
export type Hello = z.output<typeof helloSchema>

export const statusSchema = z.object({
  generation: z.number(),
  httpPort: z.number(),
  httpsPort: z.number(),
  inFlight: z.record(z.string(), z.number()),
  missingPorts: z.array(z.number()),
  pid: z.number(),
})

export const drainSchema = z.object({ addresses: z.array(z.string()), timeoutMs: z.number() })

export const errorSchema = z.object({
  code: z.string(),
  details: z.optional(z.record(z.string(), z.unknown())),
  message: z.string(),
  suggestions: z.array(z.string()),
})

/** What a process that was started says once, over Node's IPC channel. */
export const startedSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('ready') }),
  z.object({ error: errorSchema, kind: z.literal('failed') }),
])
export type Started = z.output<typeof startedSchema>
