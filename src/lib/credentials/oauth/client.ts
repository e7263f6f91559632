import {
  allowInsecureRequests,
  AuthorizationResponseError,
  ClientError,
  type Configuration,
  customFetch,
  discovery,
  None,
  ResponseBodyError,
} from 'openid-client'
import { AppError, isAppError } from '../../core/errors.ts'
import { createNetwork } from '../../transport/network.ts'
import type { Session, TokenCredential } from '../credential.ts'
import { fetchOver } from './fetch-over.ts'

export interface OAuthOptions {
  /** The authorization server: its issuer is this address. */
  readonly issuer: string
  readonly clientId: string
  readonly environment: NodeJS.ProcessEnv
  readonly signal: AbortSignal
}

/**
 * The authorization server's metadata (RFC 8414, else OpenID Connect Discovery); undefined when the address has none.
 * @throws unavailable.* when it cannot be reached
 */
export async function discover(options: OAuthOptions): Promise<Configuration | undefined> {
  const server = new URL(options.issuer)
  const fetch = fetchOver(createNetwork(options), options.signal)
  // plain HTTP is for this machine alone: token-address.ts
  const execute = server.protocol === 'http:' ? [allowInsecureRequests] : []
  for (const algorithm of ['oauth2', 'oidc'] as const) {
    try {
      return await discovery(server, options.clientId, undefined, None(), { algorithm, [customFetch]: fetch, execute })
    } catch (error) {
      options.signal.throwIfAborted()
      if (isAppError(error)) throw error
      if (isAppError(causeOf(error))) throw causeOf(error)
    }
  }
  return undefined
}

/** @throws unsupported.login, unavailable.* */
export async function requireServer(options: OAuthOptions): Promise<Configuration> {
  const configuration = await discover(options)
  if (configuration) return configuration
  throw new AppError('unsupported.login', `${options.issuer} offers no login with a browser`, {
    suggestions: ['make a token there and pass it with --token-stdin', 'or name a command with --token-command'],
  })
}

/** What to ask for, of what the server knows: to be renewed without a person. */
export function scopeOf(configuration: Configuration): string {
  const { scopes_supported: known } = configuration.serverMetadata()
  if (!known) return 'offline_access'
  return ['openid', 'offline_access'].filter(scope => known.includes(scope)).join(' ')
}

interface Tokens {
  readonly access_token: string
  readonly refresh_token?: string | undefined
  expiresIn(): number | undefined
}

/** What is kept of the server's answer; a refresh token that it does not replace goes on being valid (RFC 6749, 6). */
export function toCredential(tokens: Tokens, { clientId, issuer, refreshToken }: Session): TokenCredential {
  const seconds = tokens.expiresIn()
  const session: Session = {
    clientId,
    expiresAt: seconds === undefined ? undefined : new Date(Date.now() + seconds * 1000).toISOString(),
    issuer,
    refreshToken: tokens.refresh_token ?? refreshToken,
  }
  return { session, token: tokens.access_token }
}

/**
 * What the library threw, as an error of ours. Its own are not kept as the cause: they hold what the server answered.
 */
export function loginError(error: unknown, signal: AbortSignal): unknown {
  if (signal.aborted) return signal.reason
  const cause = causeOf(error)
  if (isAppError(error) || isAppError(cause)) return isAppError(error) ? error : cause
  if (error instanceof AuthorizationResponseError || error instanceof ResponseBodyError) {
    return describeRefusal(error.error, error.error_description)
  }
  if (!(error instanceof ClientError)) return error
  return new AppError('unavailable.answer', `the authorization server answered out of turn: ${error.message}`)
}

function describeRefusal(code: string, description: string | undefined): AppError {
  const text = description === undefined ? code : `${code}: ${description}`
  if (code === 'expired_token') {
    return new AppError('auth.login-timeout', 'nobody entered the code in time', { suggestions: ['log in again'] })
  }
  return new AppError('auth.login-denied', `the login was refused (${text})`, { suggestions: ['log in again'] })
}

function causeOf(error: unknown): unknown {
  return error instanceof Error ? error.cause : undefined
}
