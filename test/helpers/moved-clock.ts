import { utimesSync } from 'node:fs'
import type { Clock } from '../../src/lib/core/clock.ts'

interface Sleeper {
  readonly at: number
  readonly wake: () => void
}

/** A clock that stands still until it is moved; it begins at the machine's time. */
export class MovedClock implements Clock {
  #now = Date.now()
  readonly #sleepers = new Set<Sleeper>()

  now(): number {
    return this.#now
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const sleeper = { at: this.#now + ms, wake: resolve }
      this.#sleepers.add(sleeper)
      signal?.addEventListener('abort', () => {
        this.#sleepers.delete(sleeper)
        reject(signal.reason)
      })
    })
  }

  /** Forward, waking nobody. */
  move(ms: number): void {
    this.#now += ms
  }

  /** Forward from one sleeper to the next; resolves when those that woke sleep again. */
  async pass(ms: number): Promise<void> {
    const end = this.#now + ms
    for (let next = this.#next(end); next; next = this.#next(end)) {
      this.#now = Math.max(this.#now, next.at)
      this.#sleepers.delete(next)
      next.wake()
      while (this.#sleepers.size === 0) await new Promise(resolve => setTimeout(resolve, 1))
    }
    this.#now = end
  }

  /** Gives a file the time of this clock. */
  touch(file: string): void {
    utimesSync(file, this.#now / 1000, this.#now / 1000)
  }

  #next(end: number): Sleeper | undefined {
    return [...this.#sleepers].filter(({ at }) => at <= end).toSorted((a, b) => a.at - b.at)[0]
  }
}
