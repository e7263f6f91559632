import { randomBytes } from 'node:crypto'
import { AppError } from '../../../core/errors.ts'
import { PROTOCOL_VERSION, type PlatformStatus } from '../../../protocol/api.ts'
import type { Handlers } from '../handlers.ts'
import type { CallDeps } from './deps.ts'

export interface PlatformFacts {
  readonly version: string
  readonly startedAt: string
  readonly home: string
  readonly addresses: () => PlatformStatus['addresses']
  /** Stops the platform; with `all` every environment and the edge too. Called after the answer was sent. */
  readonly shutdown: (options: { readonly all: boolean }) => void
}

type Calls = Pick<
  Handlers,
  'certificateAuthority' | 'createToken' | 'identity' | 'listTokens' | 'revoke' | 'revokeToken' | 'shutdown' | 'status'
>

export function platformCalls({ edge, engine, store }: CallDeps, facts: PlatformFacts): Calls {
  return {
    certificateAuthority: async () => ({ pem: await edge.certificateAuthority() }),
    createToken({ body, principal }) {
      ownerOnly(principal.token)
      const value = `alft_${randomBytes(24).toString('base64url')}`
      const { expiresInSeconds, name } = body
      const expiresAt =
        expiresInSeconds === undefined ? undefined : new Date(Date.now() + expiresInSeconds * 1000).toISOString()
      store.tokens.create({ expiresAt, name, value })
      return { expiresAt, name, token: value }
    },
    identity: ({ principal }) => ({ expiresAt: principal.expiresAt, token: principal.token, user: principal.user }),
    listTokens: () => ({ items: store.tokens.list() }),
    revoke({ principal }) {
      if (principal.token !== undefined) store.tokens.delete(principal.token)
      return {}
    },
    revokeToken({ params, principal }) {
      ownerOnly(principal.token)
      store.tokens.delete(params.token)
      return {}
    },
    shutdown({ body, principal }) {
      ownerOnly(principal.token)
      facts.shutdown({ all: body.all ?? false })
      return {}
    },
    status: async () => ({
      addresses: facts.addresses(),
      engine: { isolation: await engine.isolation(), name: engine.name },
      environments: store.environments.list().length,
      home: facts.home,
      pid: process.pid,
      protocol: PROTOCOL_VERSION,
      startedAt: facts.startedAt,
      version: facts.version,
    }),
  }
}

/** Tokens cannot make tokens or stop the platform. @throws auth.forbidden */
function ownerOnly(token: string | undefined): void {
  if (token !== undefined) throw new AppError('auth.forbidden', 'only the owner on the same machine may do this')
}
