/** One thing that `aloft doctor` looked at. */
export interface Check {
  readonly name: string
  readonly state: 'ok' | 'warning' | 'failed'
  readonly detail: string
  /** What to do, where it is not `ok`. */
  readonly fix?: string | undefined
}
