/** What every call of a provider takes. */
export interface Call {
  readonly signal: AbortSignal
  /** Chosen by the caller: the same key starts the same thing only once. */
  readonly key?: string | undefined
}
