import type { IncomingHttpHeaders } from 'node:http'
import { AppError } from '../../core/errors.ts'
import type { Access, TokenScope } from '../../protocol/access.ts'

export interface Principal {
  readonly user: string
  readonly access: Access
  /** Name of the token used; absent on the Unix socket. */
  readonly token?: string | undefined
  /** The only project that the token is for; absent: all of them. */
  readonly project?: string | undefined
  readonly expiresAt?: string | undefined
}

/** How a request came in: the Unix socket is the owner's, TCP needs a token. */
export type Entrance = 'socket' | 'tcp'

export interface Authenticator {
  /** @throws auth.required, auth.invalid, auth.forbidden */
  (headers: IncomingHttpHeaders, entrance: Entrance): Principal
}

export interface TokenLookup {
  /** The valid, unexpired token of this value; notes its use. */
  (value: string):
    | {
        readonly name: string
        readonly scope: TokenScope
        readonly project?: string | undefined
        readonly expiresAt?: string | undefined
      }
    | undefined
}

export function createAuthenticator(owner: string, lookup: TokenLookup): Authenticator {
  return (headers, entrance) => {
    if (entrance === 'socket') return { access: 'owner', user: owner }
    refuseForeignPages(headers)
    const [scheme, value] = (headers.authorization ?? '').split(' ')
    if (scheme?.toLowerCase() !== 'bearer' || !value) {
      throw new AppError('auth.required', 'this call needs a bearer token', {
        suggestions: ['aloft login --url URL --token-stdin'],
      })
    }
    const found = lookup(value)
    if (!found)
      throw new AppError('auth.invalid', 'the token is not valid or has expired', {
        suggestions: ['aloft login --url URL --token-stdin'],
      })
    const { expiresAt, name, project, scope } = found
    return { access: scope, expiresAt, project, token: name, user: owner }
  }
}

/** A web page must not reach the platform through the user's browser: neither by a rebound name nor by a foreign origin. */
function refuseForeignPages({ host, origin }: IncomingHttpHeaders): void {
  const name = (host ?? '').replace(/:\d+$/, '')
  if (!['127.0.0.1', 'localhost', '[::1]'].includes(name))
    throw new AppError('auth.forbidden', `requests for host "${name}" are not answered here`)
  // "null" is the origin of sandboxed pages
  if (origin !== undefined && URL.parse(origin)?.host !== host)
    throw new AppError('auth.forbidden', `pages of ${origin} may not call the platform`)
}
