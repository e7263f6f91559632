import type { ErrorDocument } from '../errors.ts'

export const ACTIVITY_STATES = ['queued', 'running', 'waiting', 'finished'] as const
export type ActivityState = (typeof ACTIVITY_STATES)[number]

export const ACTIVITY_RESULTS = ['success', 'warning', 'failure', 'cancelled'] as const
export type ActivityResult = (typeof ACTIVITY_RESULTS)[number]

/** Why an activity waits for a person, and what it accepts. */
export interface Waiting {
  /** A word for programs, e.g. `confirmation`, `deployment_prepared`. */
  readonly reason: string
  readonly message: string
  readonly answers: readonly { readonly id: string; readonly label: string }[]
}

export interface ActivityStep {
  readonly name: string
  readonly state: 'running' | 'done' | 'failed'
  readonly startedAt: string
  readonly finishedAt?: string | undefined
}

/** One change, with a log. */
export interface Activity {
  readonly id: string
  /** e.g. `deploy`, `rollback`, `scale`, `environment.delete`, `cron`. */
  readonly type: string
  readonly description: string
  readonly project?: string | undefined
  readonly environment?: string | undefined
  readonly state: ActivityState
  readonly result?: ActivityResult | undefined
  readonly waiting?: Waiting | undefined
  /** The phase it is in or ended in: `build`, `release`, `start`, `health`, `switch`, … */
  readonly phase?: string | undefined
  readonly error?: ErrorDocument | undefined
  /** What it made: deployment id, urls, … */
  readonly output?: Readonly<Record<string, unknown>> | undefined
  readonly steps?: readonly ActivityStep[] | undefined
  readonly createdBy: string
  readonly createdAt: string
  readonly startedAt?: string | undefined
  readonly finishedAt?: string | undefined
}
