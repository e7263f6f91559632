import { rmSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import writeFileAtomic from 'write-file-atomic'
import { systemClock, type Clock } from '../../core/clock.ts'
import { AppError } from '../../core/errors.ts'
import { formatCursor } from './cursor.ts'
import { encodeRecord, levelOf, splitMessage } from './encode.ts'
import { PendingLines, type Chunk } from './pending-lines.ts'
import type { LogEntry, LogLimits, LogWriter } from './port.ts'
import { SegmentFile } from './segment-file.ts'
import { ENDED_MARKER } from './segments.ts'

export interface LogWriterOptions {
  /** The source's own directory; made when the first record is written. */
  readonly directory: string
  readonly source: string
  readonly limits: LogLimits
  readonly clock?: Clock | undefined
}

/** Kept 7 days or 256 MiB, in files of 8 MiB. */
export const DEFAULT_LOG_LIMITS: LogLimits = {
  segmentBytes: 8 * 1024 * 1024,
  totalBytes: 256 * 1024 * 1024,
  maxAgeMs: 7 * 24 * 3_600_000,
}

const RETENTION_INTERVAL_MS = 3_600_000
const WRITE_DELAY_MS = 20
const FIRST_RETRY_MS = 50
const LONGEST_RETRY_MS = 1000
/** A flush waits this long for a disk that refuses. */
const PATIENCE_MS = 5000

/**
 * Opens a source for writing and goes on after its last whole record, whatever became of the writer before. Only one
 * writer at a time.
 */
export function createLogWriter(options: LogWriterOptions): LogWriter {
  return new FileLogWriter(options)
}

interface Waiter {
  readonly upTo: number
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

class FileLogWriter implements LogWriter {
  readonly #source: string
  readonly #directory: string
  readonly #clock: Clock
  readonly #file: SegmentFile
  readonly #pending: PendingLines
  #next: number
  #written: number
  #waiters: Waiter[] = []
  #timer: NodeJS.Timeout | undefined
  #pumping: Promise<void> | undefined
  #retry: { readonly since: number; readonly wake: () => void } | undefined
  #state: 'open' | 'reopened' | 'closed' | 'abandoned' = 'reopened'
  /** For sources that fall silent. */
  readonly #retention: NodeJS.Timeout
  #lastMs = Number.NaN
  #lastAt = ''

  constructor({ clock = systemClock, directory, limits, source }: LogWriterOptions) {
    this.#source = source
    this.#directory = directory
    this.#clock = clock
    this.#file = new SegmentFile(directory, limits, clock)
    this.#pending = new PendingLines(source, limits.segmentBytes)
    this.#next = this.#file.next
    this.#written = this.#next - 1
    this.#retention = setInterval(() => void this.#file.keepWithinLimits(), RETENTION_INTERVAL_MS).unref()
  }

  append(entry: LogEntry): string {
    if (this.#state === 'closed' || this.#state === 'abandoned') return formatCursor(this.#source, this.#next - 1)
    if (this.#state === 'reopened') this.#reopen()
    if (this.#pending.isFull) this.#pending.drop(this.#next++)
    else this.#encode(entry)
    this.#schedule()
    return formatCursor(this.#source, this.#next - 1)
  }

  flush(): Promise<void> {
    const upTo = this.#next - 1
    if (this.#written >= upTo) return Promise.resolve()
    const { promise, reject, resolve } = Promise.withResolvers<void>()
    this.#waiters.push({ upTo, resolve, reject })
    this.#start()
    return promise
  }

  async close({ ended }: { readonly ended: boolean } = { ended: false }): Promise<void> {
    if (this.#state === 'closed' || this.#state === 'abandoned') return
    clearInterval(this.#retention)
    const flushed = this.flush()
    this.#state = 'closed'
    try {
      await flushed
    } finally {
      this.#state = 'abandoned'
      clearTimeout(this.#timer)
      this.#retry?.wake()
      await this.#pumping
      await this.#file.close()
      if (ended) await this.#markEnded()
    }
  }

  #encode(entry: LogEntry): void {
    const at = this.#timeOf(entry)
    const level = levelOf(entry)
    for (const message of splitMessage(entry.message)) {
      const sequence = this.#next++
      this.#pending.add(sequence, encodeRecord(entry, message, { at, level, sequence, source: this.#source }))
    }
  }

  /** One form only, because readers compare times as text. */
  #timeOf({ at }: LogEntry): string {
    if (at !== undefined) {
      if (at.length === 24 && at.endsWith('Z')) return at
      const time = new Date(at)
      if (!Number.isNaN(time.getTime())) return time.toISOString()
    }
    const now = this.#clock.now()
    if (now !== this.#lastMs) {
      this.#lastMs = now
      this.#lastAt = new Date(now).toISOString()
    }
    return this.#lastAt
  }

  #reopen(): void {
    this.#state = 'open'
    try {
      rmSync(join(this.#directory, ENDED_MARKER), { force: true })
    } catch {
      // Then readers end early; the caller of `append` is not the one to blame.
    }
  }

  #schedule(): void {
    if (this.#pending.isEnough) this.#start()
    else if (this.#pumping === undefined) this.#timer ??= setTimeout(() => this.#start(), WRITE_DELAY_MS)
  }

  #start(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#pumping ??= this.#pump().finally(() => {
      this.#pumping = undefined
      if (this.#pending.isEmpty || this.#state === 'abandoned') return
      if (this.#waiters.length > 0) this.#start()
      else this.#schedule()
    })
  }

  async #pump(): Promise<void> {
    for (;;) {
      const chunk = this.#pending.take()
      if (chunk === undefined || !(await this.#writeChunk(chunk))) return
      this.#pending.done(chunk)
      this.#written = chunk.last
      this.#settle()
    }
  }

  /** Tries until all of it is written; false when the writer is closed meanwhile. */
  async #writeChunk({ first, text }: Chunk): Promise<boolean> {
    const bytes = Buffer.from(text, 'utf8')
    let offset = 0
    for (let attempt = 0; offset < bytes.length;) {
      try {
        if (offset === 0) await this.#file.prepare(first)
        offset += await this.#file.write(bytes, offset)
        attempt = 0
        this.#retry = undefined
      } catch (error) {
        if (!(await this.#waitForDisk(error, attempt++))) return false
      }
    }
    return true
  }

  async #waitForDisk(error: unknown, attempt: number): Promise<boolean> {
    if (this.#state === 'abandoned') return false
    const since = this.#retry?.since ?? this.#clock.now()
    if (this.#clock.now() - since >= PATIENCE_MS) this.#refuse(error)
    await new Promise<void>(resolve => {
      const timer = setTimeout(resolve, Math.min(FIRST_RETRY_MS * 2 ** attempt, LONGEST_RETRY_MS))
      this.#retry = {
        since,
        wake: () => {
          clearTimeout(timer)
          resolve()
        },
      }
    })
    return true
  }

  #refuse(cause: unknown): void {
    const waiters = this.#waiters
    this.#waiters = []
    const reason = cause instanceof Error ? cause.message : String(cause)
    const isFull = cause instanceof Error && 'code' in cause && (cause.code === 'ENOSPC' || cause.code === 'EDQUOT')
    const error = new AppError(
      isFull ? 'failed.disk-full' : 'internal',
      `log ${this.#source} cannot be written: ${reason}`,
      {
        cause,
        suggestions: isFull ? ['Free some space on the disk that holds the logs.'] : [],
      },
    )
    for (const { reject } of waiters) reject(error)
  }

  #settle(): void {
    if (this.#waiters.length === 0) return
    const waiting: Waiter[] = []
    for (const waiter of this.#waiters) {
      if (waiter.upTo <= this.#written) waiter.resolve()
      else waiting.push(waiter)
    }
    this.#waiters = waiting
  }

  async #markEnded(): Promise<void> {
    await mkdir(this.#directory, { recursive: true, mode: 0o700 })
    await writeFileAtomic(join(this.#directory, ENDED_MARKER), `${this.#next - 1}\n`, { mode: 0o600 })
  }
}
