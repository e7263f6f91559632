import type { LogLevel } from '../core/events.ts'
import type { EnvironmentRef } from '../core/model.ts'
import type { Call } from './call.ts'

export interface LogRequest {
  readonly environment: EnvironmentRef
  readonly services: readonly string[]
  readonly sources?: readonly string[] | undefined
  readonly instance?: string | undefined
  readonly level?: LogLevel | undefined
  readonly search?: string | undefined
  readonly since?: string | undefined
  readonly until?: string | undefined
  readonly tail?: number | undefined
  readonly after?: readonly string[] | undefined
  readonly follow: boolean
}

export interface Logs {
  readonly support: { readonly sources: readonly string[]; readonly follow: boolean; readonly search: boolean }
  /**
   * Batches of NDJSON lines, one `LogEvent` each, as they came from the wire: the CLI formats them without building
   * objects. Every record once, in order per source; what is gone is a `gap`; resumes by itself after a cut. Ends with an
   * `end` event when not following. @throws not-found.*, unavailable.stream
   */
  stream(request: LogRequest, call: Call): AsyncIterable<Uint8Array>
}
