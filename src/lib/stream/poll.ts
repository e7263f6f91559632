import { systemClock, type Clock } from '../core/clock.ts'

export interface PollOptions {
  readonly intervalMs: number
  readonly signal?: AbortSignal | undefined
  readonly clock?: Clock | undefined
}

/**
 * What `read` gives, again and again, `intervalMs` after the consumer is done with the one before; the first at once.
 * Ends only when the consumer leaves; throws what `read` throws, and the signal's reason when it aborts.
 */
export async function* poll<T>(
  read: () => T | Promise<T>,
  { clock = systemClock, intervalMs, signal }: PollOptions,
): AsyncGenerator<T> {
  for (;;) {
    signal?.throwIfAborted()
    yield await read()
    await clock.sleep(intervalMs, signal)
  }
}
