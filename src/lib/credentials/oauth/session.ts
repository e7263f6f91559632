import { refreshTokenGrant, tokenRevocation } from 'openid-client'
import { AppError } from '../../core/errors.ts'
import { isStale, type Session, type TokenCredential } from '../credential.ts'
import { withLock } from '../lock.ts'
import { loginError, requireServer, toCredential } from './client.ts'

export interface SessionOptions {
  readonly environment: NodeJS.ProcessEnv
  readonly signal: AbortSignal
}

export interface KeptSession extends SessionOptions {
  readonly read: () => Promise<TokenCredential>
  readonly write: (credential: TokenCredential) => Promise<void>
  /** Held by the one process that renews. */
  readonly lock: string
}

/**
 * The credential with an access token that is valid. Of several processes one renews it, for a refresh token may be good
 * only once; the others take what it brought.
 * @throws auth.invalid when the login has ended; unavailable.*
 */
export function renew(kept: KeptSession): Promise<TokenCredential> {
  return withLock(kept.lock, async () => {
    const before = await kept.read()
    if (!isStale(before) || !before.session) return before
    const after = await refresh(before.session, kept)
    await kept.write(after)
    return after
  })
}

async function refresh(session: Session, { environment, signal }: SessionOptions): Promise<TokenCredential> {
  const configuration = await requireServer({ ...session, environment, signal })
  try {
    return toCredential(await refreshTokenGrant(configuration, session.refreshToken ?? ''), session)
  } catch (thrown) {
    const error = loginError(thrown, signal)
    if (!(error instanceof AppError) || error.code !== 'auth.login-denied') throw error
    throw new AppError('auth.invalid', `the login at ${session.issuer} has ended`, {
      suggestions: [`log in again: aloft login --url ${session.issuer}`],
    })
  }
}

/** Ends the login at its server (RFC 7009), where it can. @throws unavailable.* */
export async function revoke({ session, token }: TokenCredential, options: SessionOptions): Promise<void> {
  if (!session) return
  const configuration = await requireServer({ ...session, ...options })
  if (configuration.serverMetadata().revocation_endpoint === undefined) return
  try {
    // with the refresh token its access tokens end too (RFC 7009, 2.1)
    await tokenRevocation(configuration, session.refreshToken ?? token)
  } catch (error) {
    throw loginError(error, options.signal)
  }
}
