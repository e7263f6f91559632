import {
  authorizationCodeGrant,
  buildAuthorizationUrl,
  calculatePKCECodeChallenge,
  type Configuration,
  randomPKCECodeVerifier,
  randomState,
} from 'openid-client'
import type { TokenCredential } from '../credential.ts'
import { loginError, type OAuthOptions, scopeOf, toCredential } from './client.ts'
import { openLoopback } from './loopback.ts'

export interface BrowserLoginOptions extends OAuthOptions {
  readonly configuration: Configuration
  /** Port of the loopback address; a free one unless said. */
  readonly port?: number | undefined
  /** Shows a person the address to go on at. */
  readonly show: (url: string) => Promise<void>
}

/**
 * Authorization code with PKCE (RFC 7636, S256) over a loopback address (RFC 8252).
 * @throws auth.login-denied, conflict.port-taken, unavailable.*; the signal's reason
 */
export async function loginWithBrowser(options: BrowserLoginOptions): Promise<TokenCredential> {
  const { clientId, configuration, issuer, port, show, signal } = options
  const loopback = await openLoopback(port)
  try {
    const verifier = randomPKCECodeVerifier()
    const state = randomState()
    const scope = scopeOf(configuration)
    const url = buildAuthorizationUrl(configuration, {
      code_challenge: await calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      redirect_uri: loopback.redirectUri,
      response_type: 'code',
      state,
      ...(scope === '' ? {} : { scope }),
      // without it OpenID Connect gives no refresh token (Core 1.0, 11)
      ...(scope.includes('offline_access') ? { prompt: 'consent' } : {}),
    })
    const answer = loopback.answer(state, signal)
    answer.catch(() => undefined)
    await show(url.href)
    const checks = { expectedState: state, pkceCodeVerifier: verifier }
    return toCredential(await authorizationCodeGrant(configuration, await answer, checks), { clientId, issuer })
  } catch (error) {
    throw loginError(error, signal)
  } finally {
    loopback.close()
  }
}
