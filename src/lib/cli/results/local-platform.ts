import * as z from 'zod/mini'
import type { LocalPlatformStatus, Token } from '../../providers/local-platform.ts'
import type { Shape } from './schema.ts'

export const platformStatus = {
  version: z.string(),
  protocol: z.number(),
  pid: z.number(),
  startedAt: z.string(),
  home: z.string(),
  addresses: z.strictObject({ socket: z.string(), api: z.string(), http: z.string(), https: z.string() }),
  engine: z.strictObject({
    name: z.string(),
    isolation: z.strictObject({ level: z.enum(['namespaces', 'user', 'none']), description: z.string() }),
  }),
  environments: z.number(),
} satisfies Shape<LocalPlatformStatus>

export const token = z.strictObject({
  name: z.string(),
  createdAt: z.string(),
  expiresAt: z.optional(z.string()),
  lastUsedAt: z.optional(z.string()),
} satisfies Shape<Token>)
