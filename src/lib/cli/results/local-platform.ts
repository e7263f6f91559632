import * as z from 'zod/mini'
import { type AuditEntry, type LocalPlatformStatus, type Token, TOKEN_SCOPES } from '../../providers/local-platform.ts'
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
  scope: z.enum(TOKEN_SCOPES),
  project: z.optional(z.string()),
  createdAt: z.string(),
  expiresAt: z.optional(z.string()),
  lastUsedAt: z.optional(z.string()),
} satisfies Shape<Token>)

export const auditEntry = z.strictObject({
  sequence: z.number(),
  at: z.string(),
  user: z.optional(z.string()),
  token: z.optional(z.string()),
  entrance: z.enum(['socket', 'tcp']),
  call: z.string(),
  status: z.number(),
  error: z.optional(z.string()),
  request: z.string(),
  lost: z.optional(z.number()),
} satisfies Shape<AuditEntry>)
