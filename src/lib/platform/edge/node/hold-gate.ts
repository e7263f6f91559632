import type { Clock } from '../../../core/clock.ts'
import type { EdgeSite } from '../port.ts'

const MAX_WAITING = 10_000

type Hold = Pick<EdgeSite, 'held' | 'heldUntil' | 'holdMs'>

export type HoldResult = 'go' | 'expired' | 'full' | 'gone'

/** Where requests wait while their site is held. */
export class HoldGate {
  readonly #clock: Clock
  readonly #waiting = new Set<() => void>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Lets all that wait look again: the configuration changed. */
  wake(): void {
    for (const look of this.#waiting) look()
  }

  /**
   * Resolves with `go` once `site` is not held any more (or gone), with `expired` after its `holdMs`, with `gone` when the
   * signal aborts, and at once with `full` when too many wait already.
   */
  async pass(site: () => Hold | undefined, signal: AbortSignal): Promise<HoldResult> {
    const startedAt = this.#clock.now()
    for (let current = site(); current && this.#holds(current); current = site()) {
      const now = this.#clock.now()
      const remaining = startedAt + current.holdMs - now
      if (signal.aborted) return 'gone'
      if (remaining <= 0) return 'expired'
      if (this.#waiting.size >= MAX_WAITING) return 'full'
      await this.#change(Math.min(remaining, (current.heldUntil ?? Infinity) - now), signal)
    }
    return signal.aborted ? 'gone' : 'go'
  }

  /** Resolves at the next change of the configuration, or after `ms`, or when the signal aborts. */
  change(ms: number, signal: AbortSignal): Promise<void> {
    return this.#change(ms, signal)
  }

  #holds({ held, heldUntil = Infinity }: Hold): boolean {
    return held && this.#clock.now() < heldUntil
  }

  #change(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise(resolve => {
      const settle = (): void => {
        clearTimeout(timer)
        signal.removeEventListener('abort', settle)
        this.#waiting.delete(settle)
        resolve()
      }
      const timer = setTimeout(settle, ms)
      signal.addEventListener('abort', settle, { once: true })
      this.#waiting.add(settle)
      if (signal.aborted) settle()
    })
  }
}
