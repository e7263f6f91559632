import type { Activity, ActivityResult, Waiting } from '../../core/model.ts'
import type { Clock } from '../../core/clock.ts'
import type { LogEntry, LogWriter } from '../logs/port.ts'
import type { ActivityFilter, ActivityRecord, LaneRequest, Store } from '../store/port.ts'

/*
 * Everything that changes something is an activity: a durable queue with lanes. Whatever happens to the process, an
 * activity ends in a true state: after a crash it is taken up again at the step that was running.
 */

export type { ActivityFilter, LaneRequest } from '../store/port.ts'

/** How one type of activity is done. */
export interface ActivityHandler<Input> {
  readonly type: string
  /** Reads the stored input, e.g. a zod schema. */
  readonly input: { parse(value: unknown): Input }
  /**
   * The lanes it will pass through, each at most once. It stays `queued` until it could enter the first one. None: it starts at
   * once.
   */
  lanes(input: Input): readonly LaneRequest[]
  /** Returns: it succeeded (`warning` when any was given). Throws: it failed, or was cancelled if that was asked for. */
  run(context: ActivityContext<Input>): Promise<ActivityOutcome | void>
  /** What happens when the platform died in the middle: `resume` (unless told) runs it again, `fail` ends it. */
  readonly onInterrupted?: 'resume' | 'fail'
}

export interface ActivityOutcome {
  /** `success` unless told or `warn` was called. */
  readonly result?: 'success' | 'warning' | undefined
  /** Merged into what `setOutput` gave. */
  readonly output?: Readonly<Record<string, unknown>> | undefined
}

/**
 * What a running activity can do. `step`, `check`, `inLane`, `wait` and `commit` throw `failed.cancelled` once it was asked to
 * cancel, and an `Interruption` when the platform stops: what it then still throws is not recorded, the next platform
 * goes on. Clean-up after a failure must not be done by steps.
 */
export interface ActivityContext<Input = unknown> {
  readonly activity: ActivityRecord
  readonly input: Input
  readonly createdBy: string
  /** Aborted when somebody asks to cancel; not when the platform stops. */
  readonly signal: AbortSignal
  /** The platform stops: leave everything as it is. */
  readonly interrupted: boolean
  /** To the activity's own log, in the current phase unless the entry names one. */
  log(entry: LogEntry): void
  /** Logs a warning and makes the result of a success `warning`; durable, the same text counts once. */
  warn(message: string): void
  phase(name: string): void
  /**
   * A durable step. Its name is unique in the activity. Recorded as running before, as done with its output (which must
   * survive JSON) after. Taken up again after a crash, a done step returns its stored output and a failed one throws its stored
   * error without running; the one that was running runs again, so steps have to be idempotent.
   */
  step<T>(name: string, run: () => T | Promise<T>): Promise<T>
  /**
   * As `step`, for what looks at the world: what passed is looked at again after a crash, since the world may have changed.
   * What failed stays failed, whatever was done about it since.
   */
  check(name: string, run: () => void | Promise<void>): Promise<void>
  /** Waits for its turn in a lane it declared, and leaves it afterwards, for good. */
  inLane<T>(lane: string, run: () => Promise<T>): Promise<T>
  /** Gives up a lane it will not need. */
  leaveLane(lane: string): void
  /** State `waiting` until somebody answers; resolves with the answer's id. One at a time; durable. */
  wait(waiting: Waiting): Promise<string>
  /** Merges into the output; durable. */
  setOutput(output: Readonly<Record<string, unknown>>): void
  /** From here on it can no longer be cancelled; durable. */
  commit(): void
}

export interface StartActivity {
  readonly type: string
  /** Names, for people. */
  readonly project?: string | undefined
  readonly environment?: string | undefined
  readonly createdBy: string
  /** The client's: the same key starts the same thing only once. */
  readonly key?: string | undefined
  /** What the client asked for: the same key must come with the same. */
  readonly request?: unknown
  /**
   * Decides what is to be done and changes what changes with it, in the transaction that records the activity. Not called when
   * the key is known: nothing is refused or changed a second time.
   */
  readonly prepare: () => { readonly description: string; readonly input: unknown }
}

export interface Activities {
  /** Before `resume`. */
  register<Input>(handler: ActivityHandler<Input>): void
  /**
   * Records it and returns at once.
   * @throws conflict.changed the key was used for another request; unavailable.platform when stopping; what `prepare` throws
   */
  start(request: StartActivity): Activity
  /** @throws not-found.activity */
  get(id: string): Activity
  /** Newest first, without steps. */
  list(filter: ActivityFilter): Activity[]
  /**
   * Asks it to end: a queued one is finished when this returns, a running one ends as it can. Repeating it succeeds.
   * @throws not-found.activity, conflict.finished, conflict.too-late
   */
  cancel(id: string): Activity
  /** @throws not-found.activity, conflict.finished, conflict.not-waiting */
  answer(id: string, answer: string): Activity
  /** The activity now and after each change; changes that come faster than they are read are merged. Ends after `finished`, or when the signal aborts. @throws not-found.activity */
  watch(id: string, signal: AbortSignal): AsyncIterable<Activity>
  /** At the platform's start, once: takes up everything unfinished, in order. */
  resume(): Promise<void>
  /**
   * Takes no new work, begins no further step and aborts nothing; resolves when running steps have ended or after
   * `timeoutMs` (5 s unless told). Unfinished activities stay on disk as they are.
   */
  close(timeoutMs?: number): Promise<void>
}

export type StepMoment = 'before-record' | 'after-record' | 'after-run' | 'after-done'

export interface ActivitiesOptions {
  readonly store: Store
  /** The log of an activity, new or as it was left. */
  readonly openLog: (activity: string) => LogWriter | Promise<LogWriter>
  readonly clock?: Clock
  /** Called once an activity is finished and its log ended; also after a crash in between. */
  readonly onFinished?: (activity: Activity & { readonly result: ActivityResult }) => void
  /** Called when something failed that no activity can be blamed for, e.g. a log could not be written. */
  readonly onError?: (error: unknown) => void
  /** For fault injection: called at each moment of each step. */
  readonly onStep?: (activity: string, step: string, moment: StepMoment) => void
}
