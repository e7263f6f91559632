import { close, open, write } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { promisify } from 'node:util'
import type { Clock } from '../../core/clock.ts'
import type { LogLimits } from './port.ts'
import { recoverSource } from './recover.ts'
import { applyRetention } from './retention.ts'
import { segmentPath } from './segments.ts'

const openFile = promisify(open)
const closeFile = promisify(close)
const writeFile = promisify(write)

const RETENTION_CHECK_MS = 60_000

/** The growing end of a source: appends to its newest segment, rotates it, and keeps the source within its limits. */
export class SegmentFile {
  /** Sequence number of the first record to be written. */
  readonly next: number
  readonly #directory: string
  readonly #limits: LogLimits
  readonly #clock: Clock
  #path: string | undefined
  #fd: number | undefined
  #size = 0
  #openedAt: number
  #checkedAt = -Infinity

  constructor(directory: string, limits: LogLimits, clock: Clock) {
    const { next, segment } = recoverSource(directory)
    this.next = next
    this.#directory = directory
    this.#limits = limits
    this.#clock = clock
    this.#path = segment?.path
    this.#size = segment?.size ?? 0
    this.#openedAt = clock.now()
  }

  /** Before whole lines, the first of which has this number: opens the segment they belong in. */
  async prepare(first: number): Promise<void> {
    const rotate = this.#size > 0 && (this.#size >= this.#limits.segmentBytes || this.#isAged())
    if (rotate || this.#path === undefined) {
      await this.close()
      this.#path = segmentPath(this.#directory, first)
      this.#size = 0
      this.#openedAt = this.#clock.now()
    }
    if (this.#fd === undefined) {
      await mkdir(this.#directory, { recursive: true, mode: 0o700 })
      this.#fd = await openFile(this.#path, 'a', 0o600)
    }
    if (rotate || this.#clock.now() - this.#checkedAt > RETENTION_CHECK_MS) await this.keepWithinLimits()
  }

  /** Appends from `offset` and returns how many bytes were taken, which may be fewer. */
  async write(bytes: Uint8Array, offset: number): Promise<number> {
    if (this.#fd === undefined) throw new Error('no segment is open')
    const { bytesWritten } = await writeFile(this.#fd, bytes, offset)
    this.#size += bytesWritten
    return bytesWritten
  }

  async keepWithinLimits(): Promise<void> {
    this.#checkedAt = this.#clock.now()
    try {
      await applyRetention(this.#directory, this.#limits, this.#checkedAt)
    } catch {
      // Tried again at the next check: what cannot be removed must not keep new records from being written.
    }
  }

  async close(): Promise<void> {
    const fd = this.#fd
    this.#fd = undefined
    if (fd !== undefined) await closeFile(fd)
  }

  /** A quarter of the age, so that no record outlives its age by more than that. */
  #isAged(): boolean {
    return this.#clock.now() - this.#openedAt > this.#limits.maxAgeMs / 4
  }
}
