import * as z from 'zod/mini'
import { AppError } from '../core/errors.ts'

/** What a store keeps for one account. */
const secret = z.object({ token: z.string() })
export type Secret = z.infer<typeof secret>

/** @throws auth.credential-file when it is not what we wrote */
export function parseSecret(text: string): Secret {
  try {
    return z.parse(secret, JSON.parse(text))
  } catch {
    // without the cause: it may hold the secret
    throw new AppError('auth.required', 'the stored credential is damaged', {
      suggestions: ['log in again: aloft login'],
    })
  }
}
