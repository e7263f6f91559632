import { randomBytes } from 'node:crypto'
import { AppError } from '../../../core/errors.ts'
import { tokenNameProblem } from '../../../core/names.ts'
import { PROTOCOL_VERSION } from '../../../protocol/api.ts'
import type { PlatformStatus } from '../../../protocol/call-schemas.ts'
import { requireIsoTime } from '../../iso-time.ts'
import type { Handlers } from '../handlers.ts'
import { findProject } from '../lookup.ts'
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
  | 'certificateAuthority'
  | 'createToken'
  | 'identity'
  | 'listAudit'
  | 'listTokens'
  | 'revoke'
  | 'revokeToken'
  | 'shutdown'
  | 'status'
  | 'verifyAudit'
>

const AUDIT_ENTRIES = 100

export function platformCalls({ audit, edge, engine, store }: CallDeps, facts: PlatformFacts): Calls {
  return {
    certificateAuthority: async () => ({ pem: await edge.certificateAuthority() }),
    createToken({ body, principal }) {
      const value = `alft_${randomBytes(24).toString('base64url')}`
      const { expiresInSeconds, name, project, scope } = body
      const problem = tokenNameProblem(name)
      if (problem !== undefined) throw new AppError('usage.name', problem)
      if (project !== undefined) findProject(store, project, principal)
      const expiresAt =
        expiresInSeconds === undefined ? undefined : new Date(Date.now() + expiresInSeconds * 1000).toISOString()
      store.tokens.create({ expiresAt, name, project, scope, value })
      return { expiresAt, name, project, scope, token: value }
    },
    identity: ({ principal: { access, expiresAt, project, token, user } }) => ({
      expiresAt,
      project,
      ...(access === 'owner' ? {} : { scope: access }),
      token,
      user,
    }),
    listAudit: ({ query: { limit = AUDIT_ENTRIES, since, token } }) => ({
      items: audit.list({ limit, since: since === undefined ? undefined : requireIsoTime(since), token }),
    }),
    listTokens: () => ({ items: store.tokens.list() }),
    revoke({ principal }) {
      if (principal.token !== undefined) store.tokens.delete(principal.token)
      return {}
    },
    revokeToken({ params }) {
      store.tokens.delete(params.token)
      return {}
    },
    shutdown({ body }) {
      facts.shutdown({ all: body.all ?? false })
      return {}
    },
    status: async () => {
      const { description, level } = await engine.isolation()
      return {
        addresses: facts.addresses(),
        engine: { isolation: { description, level }, name: engine.name },
        environments: store.environments.list().length,
        home: facts.home,
        pid: process.pid,
        protocol: PROTOCOL_VERSION,
        startedAt: facts.startedAt,
        version: facts.version,
      }
    },
    verifyAudit: () => audit.verify(),
  }
}
