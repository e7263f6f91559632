/** One thing that a command would do. */
export interface PlannedStep {
  /** A verb: `create`, `delete`, `scale`, … */
  readonly action: string
  /** To what: `project`, `environment`, `service`, … */
  readonly kind: string
  readonly name: string
  /** What it is now and what it would be, where that can be said without a secret. */
  readonly from?: string | undefined
  readonly to?: string | undefined
}

/** What `--dry-run` prints. Without steps there is nothing to do. */
export interface ChangePlan {
  readonly dryRun: true
  readonly steps: readonly PlannedStep[]
}
