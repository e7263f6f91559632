import { systemClock, type Clock } from '../core/clock.ts'
import type { ErrorCode } from '../core/error-codes.ts'
import { AppError, isAppError } from '../core/errors.ts'
import { RecordProgress } from './record-progress.ts'
import { WholeLines } from './whole-lines.ts'

export interface RetryOptions {
  /** First pause, doubled each time; the real one is a random part of it, at least half. */
  readonly firstMs: number
  readonly longestMs: number
  /** How long the stream may stay lost. */
  readonly giveUpMs: number
}

export interface FollowOptions {
  readonly signal: AbortSignal
  /** Cursors to begin after, at most one per source. */
  readonly after?: readonly string[] | undefined
  readonly retry?: Partial<RetryOptions> | undefined
  readonly clock?: Clock | undefined
}

const RETRY: RetryOptions = { firstMs: 100, longestMs: 5000, giveUpMs: 5 * 60_000 }
/** A connection that lasted this long was a good one, even when nothing was said on it. */
const GOOD_CONNECTION_MS = 30_000
/** Nothing was ever there: asking again would only hide it. */
const NOBODY_THERE: readonly ErrorCode[] = ['unavailable.network', 'unavailable.platform', 'unavailable.timeout']

/**
 * A stream of NDJSON log events that outlives its connections. `open` connects and yields batches of lines that follow
 * the given cursors (one per source seen so far); when that throws `unavailable.*`, or ends without an `end` event, it is
 * opened again after the last line that came whole. Yields batches of whole lines, each record once. Ends after an `end` event.
 * @throws the signal's reason; what `open` throws besides `unavailable.*`, or at all when nobody is there at the first
 *   try; unavailable.stream when it stays lost for `retry.giveUpMs`
 */
export async function* followWithResume(
  open: (after: string[]) => AsyncIterable<Uint8Array>,
  { after, clock = systemClock, retry, signal }: FollowOptions,
): AsyncGenerator<Uint8Array> {
  const progress = new RecordProgress(after)
  const loss = new Loss({ ...RETRY, ...retry }, clock)
  for (;;) {
    signal.throwIfAborted()
    loss.connecting()
    try {
      const ended = yield* newLines(open(progress.cursors()), progress, () => loss.recovered())
      if (ended) return
      loss.note(new AppError('unavailable.stream', 'the stream ended without an end event'))
    } catch (error) {
      signal.throwIfAborted()
      loss.note(error)
    }
    await clock.sleep(loss.nextPause(), signal)
  }
}

/** The lines of one connection that did not pass before; returns whether an `end` event came. */
async function* newLines(
  connection: AsyncIterable<Uint8Array>,
  progress: RecordProgress,
  onData: () => void,
): AsyncGenerator<Uint8Array, boolean> {
  const whole = new WholeLines()
  for await (const data of connection) {
    onData()
    const { bytes, ended } = progress.pass(whole.take(data))
    if (bytes.length > 0) yield bytes
    if (ended) return true
  }
  return false
}

/** How long the stream has been lost, and how long to wait before the next try. */
class Loss {
  readonly #retry: RetryOptions
  readonly #clock: Clock
  #since: number | undefined
  #attempts = 0
  #connectedAt = 0
  #everReceived = false

  constructor(retry: RetryOptions, clock: Clock) {
    this.#retry = retry
    this.#clock = clock
  }

  connecting(): void {
    this.#connectedAt = this.#clock.now()
  }

  recovered(): void {
    this.#everReceived = true
    this.#since = undefined
    this.#attempts = 0
  }

  /** Throws what cannot be helped by another try. */
  note(error: unknown): void {
    if (!isAppError(error) || !error.code.startsWith('unavailable.')) throw error
    const now = this.#clock.now()
    if (now - this.#connectedAt >= GOOD_CONNECTION_MS) this.recovered()
    if (!this.#everReceived && NOBODY_THERE.includes(error.code)) throw error
    this.#since ??= now
    const lostMs = now - this.#since
    if (lostMs < this.#retry.giveUpMs) return
    throw new AppError(
      'unavailable.stream',
      `the stream stayed lost for ${Math.round(lostMs / 1000)} s: ${error.message}`,
      {
        cause: error,
        suggestions: ['Follow it again by its id.'],
      },
    )
  }

  nextPause(): number {
    const pause = Math.min(this.#retry.firstMs * 2 ** this.#attempts++, this.#retry.longestMs)
    return pause * (0.5 + Math.random() / 2)
  }
}
