import * as z from 'zod/mini'
import type { EdgeConfig } from '../port.ts'

const redirectCode = z.literal([301, 302, 307, 308])

const redirect = z.object({
  appendSuffix: z.boolean(),
  code: redirectCode,
  path: z.string(),
  prefix: z.boolean(),
  regexp: z.boolean(),
  to: z.string(),
})

const rule = z.object({
  allow: z.exactOptional(z.boolean()),
  expiresMs: z.exactOptional(z.number()),
  headers: z.exactOptional(z.record(z.string(), z.string())),
  passthru: z.exactOptional(z.union([z.boolean(), z.string()])),
  scripts: z.exactOptional(z.boolean()),
})

const location = z.object({
  allow: z.boolean(),
  expiresMs: z.number(),
  headers: z.record(z.string(), z.string()),
  index: z.array(z.string()),
  passthru: z.union([z.boolean(), z.string()]),
  root: z.optional(z.string()),
  rules: z.record(z.string(), rule),
  scripts: z.boolean(),
})

const upstream = z.object({
  endpoints: z.array(
    z.object({
      address: z.string().check(z.regex(/^(127\.\d+\.\d+\.\d+:\d+|unix:\/.+)$/)),
      appDirectory: z.optional(z.string()),
      instance: z.optional(z.string()),
      weight: z.number().check(z.nonnegative()),
    }),
  ),
  filesRoot: z.optional(z.string()),
  locations: z.record(z.string(), location),
  mounts: z.optional(z.array(z.object({ directory: z.string(), path: z.string() }))),
  protocol: z.enum(['http', 'fastcgi']),
  service: z.string(),
  sticky: z.boolean(),
})

const route = z.object({
  path: z.string().check(z.startsWith('/')),
  redirects: z.array(redirect),
  target: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('upstream'), upstream }),
    z.object({ code: redirectCode, kind: z.literal('redirect'), to: z.string() }),
  ]),
})

const site = z.object({
  accessLog: z.object({ directory: z.string() }),
  closed: z.optional(z.string()),
  environment: z.string(),
  held: z.boolean(),
  heldUntil: z.optional(z.number()),
  holdMs: z.number(),
  host: z.string(),
  httpsOnly: z.boolean(),
  port: z.optional(z.int().check(z.gte(1), z.lte(65_535))),
  routes: z.array(route),
})

const config = z.object({ generation: z.number(), sites: z.array(site) })

/** @throws ZodError naming what is wrong */
export function parseEdgeConfig(value: unknown): EdgeConfig {
  return z.parse(config, value)
}
