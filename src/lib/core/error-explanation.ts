/** One entry per error code: what `aloft explain CODE` prints. */
export interface ErrorExplanation {
  /** What happened, one line. */
  readonly summary: string
  /** What to do about it. */
  readonly remedy: string
}
