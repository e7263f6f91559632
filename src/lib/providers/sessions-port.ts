import type { EnvironmentRef } from '../core/model.ts'
import type { Call } from './call.ts'
import type { Readable, Writable } from 'node:stream'

export interface OpenSession {
  readonly environment: EnvironmentRef
  readonly service?: string | undefined
  readonly instance?: string | undefined
  /** Of a managed service, instead of a command: its client, to which `command` is added, or what dumps it to stdout. */
  readonly program?: 'client' | 'dump' | undefined
  /** Absent: a login shell. */
  readonly command?: readonly string[] | undefined
  readonly tty: boolean
  readonly term?: string | undefined
  readonly columns?: number | undefined
  readonly rows?: number | undefined
}

export type SessionExit = { readonly exitCode: number }

export interface Session {
  /** Backpressured. Ending it is the remote's end of input. */
  readonly stdin: Writable
  readonly stdout: Readable
  readonly stderr: Readable
  resize(columns: number, rows: number): void
  /** `INT`, `TERM`, `HUP`, `QUIT`, `USR1`, `USR2`, `KILL`. */
  signal(name: string): void
  /** Resolves with the remote's own exit code (128+n when killed by a signal). @throws session.failed when the transport is cut */
  readonly exit: Promise<SessionExit>
  close(): void
}

export interface Sessions {
  readonly support: {
    readonly shell: boolean
    readonly exec: boolean
    readonly tty: boolean
    /** Clients and dumps of managed services. */
    readonly programs: boolean
  }
  /** @throws not-found.service, not-found.instance, session.failed, usage.input-required when several services have such a program */
  open(request: OpenSession, call: Call): Promise<Session>
}
