import * as z from 'zod/mini'
import { type Account, CREDENTIAL_SOURCES } from '../../providers/accounts-port.ts'
import type { Identity } from '../../providers/port.ts'
import type { Shape } from './schema.ts'

export const credential = z.optional(z.enum(CREDENTIAL_SOURCES))

export const account = z.strictObject({
  name: z.string(),
  provider: z.string(),
  address: z.string(),
  credential,
  expiresAt: z.optional(z.string()),
  since: z.optional(z.string()),
} satisfies Shape<Account>)

export const identity = z.strictObject({
  account: z.string(),
  user: z.string(),
  address: z.string(),
  expiresAt: z.optional(z.string()),
} satisfies Shape<Identity>)
