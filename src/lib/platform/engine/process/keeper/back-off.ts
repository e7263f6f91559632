/** A run this long was none of a row of crashes. */
const STABLE_MS = 60_000
const LONGEST_MS = 30_000
const FAILED_AFTER = 10
const FAILED_PERIOD_MS = 60_000

/** How long to wait before the next start: 0, 0.5, 1, 2, 4 … 30 s; after ten quick crashes in a row every minute. */
export class BackOff {
  #crashes = 0

  /** Notes that a run of `uptimeMs` ended; returns the pause in ms. */
  next(uptimeMs: number): number {
    this.#crashes = uptimeMs >= STABLE_MS ? 1 : this.#crashes + 1
    if (this.hasFailed) return FAILED_PERIOD_MS
    return this.#crashes === 1 ? 0 : Math.min(500 * 2 ** (this.#crashes - 2), LONGEST_MS)
  }

  /** Given up, although still tried now and then. */
  get hasFailed(): boolean {
    return this.#crashes >= FAILED_AFTER
  }
}
