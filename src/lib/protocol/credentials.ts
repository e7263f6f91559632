import * as z from 'zod/mini'
import { lazily } from '../core/lazily.ts'
import { TOKEN_SCOPES } from './access.ts'

export const identity = lazily(() =>
  z.object({
    user: z.string(),
    token: z.optional(z.string()),
    scope: z.optional(z.enum(TOKEN_SCOPES)),
    project: z.optional(z.string()),
    expiresAt: z.optional(z.string()),
  }),
)

export const token = lazily(() =>
  z.object({
    name: z.string(),
    scope: z.enum(TOKEN_SCOPES),
    project: z.optional(z.string()),
    createdAt: z.string(),
    expiresAt: z.optional(z.string()),
    lastUsedAt: z.optional(z.string()),
  }),
)
