import type { TokenScope } from '../protocol/access.ts'
import type { AuditEntry, AuditVerification } from '../protocol/audit.ts'
import type { Call } from './port.ts'

export { MAX_TOKEN_DAYS, TOKEN_SCOPES, type TokenScope } from '../protocol/access.ts'
export type { AuditEntry, AuditVerification } from '../protocol/audit.ts'

/** What runs here. */
export interface LocalPlatformStatus {
  readonly version: string
  readonly protocol: number
  readonly pid: number
  readonly startedAt: string
  readonly home: string
  readonly addresses: {
    readonly socket: string
    readonly api: string
    readonly http: string
    readonly https: string
  }
  readonly engine: {
    readonly name: string
    readonly isolation: { readonly level: 'namespaces' | 'user' | 'none'; readonly description: string }
  }
  readonly environments: number
}

export interface Token {
  readonly name: string
  readonly scope: TokenScope
  /** The only project that it is for; absent: all of them. */
  readonly project?: string | undefined
  readonly createdAt: string
  readonly expiresAt?: string | undefined
  readonly lastUsedAt?: string | undefined
}

/** The user's embedded platform: its process, not what runs on it. */
export interface LocalPlatform {
  /** Where its data lies, running or not. */
  readonly dataDirectory: string
  /** None answers, though one did not end by itself: its socket is still there. */
  wasKilled(): boolean
  /** Undefined when none is running. Starts nothing. */
  status(call: Call): Promise<LocalPlatformStatus | undefined>
  /** One that is running already succeeds. @throws conflict.platform-version, unavailable.platform */
  start(call: Call): Promise<LocalPlatformStatus>
  /** With `all` the environments and the edge too. Nothing running succeeds: false. */
  stop(options: { readonly all: boolean }, call: Call): Promise<boolean>
  /** In this process, until the signal aborts; then resolves after a clean stop. @throws conflict.platform-running */
  run(onReady: (status: LocalPlatformStatus) => void, call: Call): Promise<void>
  /** PEM of the edge's certificate authority; starts the platform when needed. */
  certificateAuthority(call: Call): Promise<string>
  readonly tokens: {
    /** The token is shown only here. @throws conflict.exists, not-found.project */
    create(
      request: Pick<Token, 'name' | 'project' | 'scope'> & { readonly expiresInSeconds?: number | undefined },
      call: Call,
    ): Promise<Pick<Token, 'expiresAt' | 'name' | 'project' | 'scope'> & { readonly token: string }>
    list(call: Call): Promise<readonly Token[]>
    /** An absent one succeeds. */
    revoke(name: string, call: Call): Promise<void>
  }
  /** The record of all calls to the platform. */
  readonly audit: {
    /** Newest first, at most `limit` (100 unless said). */
    list(
      filter: {
        readonly limit?: number | undefined
        /** ISO 8601. */
        readonly since?: string | undefined
        readonly token?: string | undefined
      },
      call: Call,
    ): Promise<readonly AuditEntry[]>
    verify(call: Call): Promise<AuditVerification>
  }
}
