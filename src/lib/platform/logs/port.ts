import type { LogLevel, LogRecord } from '../../core/events.ts'

/*
 * The log store: one directory per source (`app`, `access`, one per activity), in it segments named by the sequence
 * number of their first record. A line on disk is the record as it goes on the wire, so that reading is copying.
 * One process writes a source (the keeper, the edge, the platform); any process may read it, also while it grows.
 */

/** What a writer is given; it adds cursor, source and `type`. */
export type LogEntry = Omit<LogRecord, 'cursor' | 'source' | 'type' | 'at' | 'level'> & {
  readonly at?: string | undefined
  readonly level?: LogLevel | undefined
}

export interface LogLimits {
  /** A segment is closed at this size. */
  readonly segmentBytes: number
  /** Oldest segments are removed above this size … */
  readonly totalBytes: number
  /** … and beyond this age. */
  readonly maxAgeMs: number
}

export interface LogWriter {
  /**
   * Buffers the entry and returns its cursor; written to disk within 20 ms or 64 KiB. Lines over 64 KiB are split. Never
   * throws: while the disk is slow or full 8 MiB wait, what comes then is dropped and leaves a gap (`overflow`). Ignored
   * after `close`.
   */
  append(entry: LogEntry): string
  /**
   * All that was appended is with the operating system (survives kill -9 of this process).
   * @throws failed.disk-full, internal when the disk refuses for 5 s; what was appended goes on waiting for it
   */
  flush(): Promise<void>
  /**
   * Flushes, and marks the source as ended when `end` says so: readers then get an `end` event after the last record.
   * Appending to it again, with a new writer, takes the mark away. @throws as `flush`, closed nevertheless
   */
  close(end?: { readonly ended: boolean }): Promise<void>
}

export interface ReadOptions {
  /** Cursors after which to begin, at most one per source; sources without one begin per `tail`/`since`. */
  readonly after?: readonly string[] | undefined
  /** Only the last N records (over all sources) of what is there now. */
  readonly tail?: number | undefined
  readonly since?: string | undefined
  /** Ends the stream at the first record that is later. */
  readonly until?: string | undefined
  readonly services?: readonly string[] | undefined
  readonly instance?: string | undefined
  /** This level and above. */
  readonly level?: LogLevel | undefined
  /** Case-insensitive substring of the message. */
  readonly search?: string | undefined
  readonly follow: boolean
}

export interface LogReader {
  /**
   * Records of the sources in order per source, merged by time as they come. Yields batches of whole lines, each line
   * one `LogEvent` as JSON ended by `\n`, at most about 64 KiB; the batch may be forwarded as it is. Ends when all
   * sources have ended, or at the end of what is there when not following, or when the signal aborts. Reads only when
   * asked for the next batch: memory does not grow with a slow consumer. Ranges that are gone show as a `gap` event.
   * Unless the signal aborts, the last batch is an `end` event alone: without it the stream was cut.
   */
  read(sources: readonly string[], options: ReadOptions, signal: AbortSignal): AsyncIterable<Uint8Array>
}
