import type { ActivityResult, ActivityState } from './model.ts'

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warning', 'error', 'fatal'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

/** One line. The order of the fields is the order on the wire and on disk. */
export interface LogRecord {
  readonly type: 'log'
  /** Opaque; `<source>.<sequence>`. Ask for what follows with the last one of each source. */
  readonly cursor: string
  readonly at: string
  /** `app`, `access`, or an activity's id. Records are ordered per source. */
  readonly source: string
  readonly service?: string | undefined
  readonly instance?: string | undefined
  readonly level: LogLevel
  /** In activity logs: the phase, e.g. `build`. */
  readonly phase?: string | undefined
  readonly message: string
}

/** A range the server no longer has. */
export interface LogGap {
  readonly type: 'gap'
  readonly source: string
  /** First and last missing sequence number. */
  readonly from: number
  readonly to: number
  readonly dropped: number
  readonly reason: 'retention' | 'overflow' | 'lost'
}

/** The explicit end of a stream. The verdict is the activity's, asked for over HTTP. */
export interface LogEnd {
  readonly type: 'end'
  readonly state?: ActivityState | undefined
  readonly result?: ActivityResult | undefined
}

export type LogEvent = LogRecord | LogGap | LogEnd
