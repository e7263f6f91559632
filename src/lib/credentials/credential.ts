import * as z from 'zod/mini'
import { AppError } from '../core/errors.ts'

/** What a login at an authorization server left behind, besides the access token. */
const session = z.object({
  issuer: z.string(),
  clientId: z.string(),
  refreshToken: z.optional(z.string()),
  /** Of the access token (ISO 8601). */
  expiresAt: z.optional(z.string()),
})
export type Session = z.infer<typeof session>

/** What a store keeps for one account. */
const tokenCredential = z.object({ token: z.string(), session: z.optional(session) })
export type TokenCredential = z.infer<typeof tokenCredential>

/** A token that ends so soon may be refused when it arrives. */
const MARGIN_MS = 30_000

/** Whether the access token has to be renewed before it is used, and can be. */
export function isStale({ session: login }: TokenCredential): boolean {
  if (login?.refreshToken === undefined || login.expiresAt === undefined) return false
  return Date.parse(login.expiresAt) - Date.now() < MARGIN_MS
}

export function formatCredential({ session: login, token }: TokenCredential): string {
  return JSON.stringify({ session: login, token })
}

/** @throws auth.required when it is not what we wrote */
export function parseCredential(text: string): TokenCredential {
  try {
    return z.parse(tokenCredential, JSON.parse(text))
  } catch {
    // without the cause: it may quote the secret
    throw new AppError('auth.required', 'the stored credential is damaged', {
      suggestions: ['log in again: aloft login'],
    })
  }
}
