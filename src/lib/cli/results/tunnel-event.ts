import * as z from 'zod/mini'
import type { ResultOf } from './schema.ts'

/** Printed once, when connections are taken. */
export const tunnelEvent = z.strictObject({
  type: z.literal('tunnel'),
  service: z.string(),
  /** e.g. `postgresql:15.18`. */
  serviceType: z.string(),
  host: z.string(),
  port: z.number(),
  connections: z.array(
    z.strictObject({
      endpoint: z.string(),
      username: z.optional(z.string()),
      database: z.optional(z.string()),
      /** With --show-password only. */
      password: z.optional(z.string()),
      /** The password is in it with --show-password only. */
      url: z.string(),
    }),
  ),
})
export type TunnelEvent = ResultOf<typeof tunnelEvent>
