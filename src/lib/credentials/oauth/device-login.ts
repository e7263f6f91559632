import { type Configuration, initiateDeviceAuthorization, pollDeviceAuthorizationGrant } from 'openid-client'
import { AppError } from '../../core/errors.ts'
import type { TokenCredential } from '../credential.ts'
import { loginError, type OAuthOptions, scopeOf, toCredential } from './client.ts'

export interface DeviceLoginOptions extends OAuthOptions {
  readonly configuration: Configuration
  /** Shows a person where to go and what to enter there. */
  readonly show: (place: { readonly url: string; readonly code: string }) => void
}

/**
 * The device authorization grant (RFC 8628), for machines without a browser.
 * @throws auth.login-denied, auth.login-timeout, unsupported.login, unavailable.*; the signal's reason
 */
export async function loginWithDevice(options: DeviceLoginOptions): Promise<TokenCredential> {
  const { clientId, configuration, issuer, show, signal } = options
  if (configuration.serverMetadata().device_authorization_endpoint === undefined) {
    throw new AppError('unsupported.login', `${issuer} offers no login with a device code`, {
      suggestions: ['log in with --no-browser and open the address elsewhere', 'or pass a token with --token-stdin'],
    })
  }
  try {
    const scope = scopeOf(configuration)
    const device = await initiateDeviceAuthorization(configuration, scope === '' ? {} : { scope })
    show({ code: device.user_code, url: device.verification_uri })
    const tokens = await pollDeviceAuthorizationGrant(configuration, device, undefined, { signal })
    return toCredential(tokens, { clientId, issuer })
  } catch (error) {
    throw loginError(error, signal)
  }
}
