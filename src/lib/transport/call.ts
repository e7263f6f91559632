import { isAppError } from '../core/errors.ts'
import type { Address } from './address.ts'

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** With the query. */
  readonly path: string
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** A value is sent as JSON, `URLSearchParams` as a form; bytes and streams as they are. */
  readonly body?: unknown
  readonly signal: AbortSignal
  /** Time until the answer is complete, repetitions and waits included, ms; 60 s unless said. */
  readonly deadlineMs?: number | undefined
  /** Time until there is a connection, ms; 10 s unless said. */
  readonly connectTimeoutMs?: number | undefined
  /** Whether it may be sent again when it is not known to have arrived; GET, PUT and DELETE may, a stream never. */
  readonly repeatable?: boolean | undefined
  /** `server` saves the header where each byte counts: the call is then known by the id that the server answers with. */
  readonly requestId?: 'ours' | 'server' | undefined
}

/** One call with all its attempts. */
export interface Call {
  readonly address: Address
  readonly request: HttpRequest
  readonly connectTimeoutMs: number
  readonly deadline: AbortSignal
  /** Of the deadline, in the time of `elapsedMs`. */
  readonly endsAt: number
  /** Of the caller and the deadline together. */
  readonly signal: AbortSignal
  /** Ours until the server answers with its own. */
  requestId: string
}

/** Since the process began: never set back, and without `performance`, which takes longer to load than a short call does. */
export function elapsedMs(): number {
  return process.uptime() * 1000
}

/** Whether the same call may succeed a little later. */
export function isTransient(error: unknown): boolean {
  return isAppError(error) && (error.code === 'unavailable.network' || error.code === 'unavailable.busy')
}
