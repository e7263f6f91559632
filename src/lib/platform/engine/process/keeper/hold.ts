import { EventEmitter, once } from 'node:events'

/** Keeps an instance from starting or being judged while it is frozen, by one or several at a time. */
export class Hold {
  readonly #releases = new EventEmitter().setMaxListeners(0)
  readonly #now: () => number
  #count = 0
  #since = 0
  #heldMs = 0

  constructor(now: () => number) {
    this.#now = now
  }

  begin(): void {
    if (this.#count++ === 0) this.#since = this.#now()
  }

  end(): void {
    if (this.#count === 0 || --this.#count > 0) return
    // Never 0: whoever compares has to see that there was one.
    this.#heldMs += Math.max(1, this.#now() - this.#since)
    this.#releases.emit('release')
  }

  /** Resolves at once, or when nobody holds any more, with the milliseconds for which it was held in all. Rejects on abort. */
  async released(signal: AbortSignal): Promise<number> {
    while (this.#count > 0) await once(this.#releases, 'release', { signal })
    return this.#heldMs
  }
}
