/** One thing that `aloft doctor` looked at. */
export interface Check {
  readonly name: string
  readonly state: 'ok' | 'warning' | 'failed'
  readonly detail: string
  /** What to do, where it is not `ok`. */
  readonly fix?: string | undefined
}

/** A check, with what `--fix` may do about it: nothing that could lose anything. */
export interface Finding extends Check {
  readonly repair?: (() => Promise<void>) | undefined
}
