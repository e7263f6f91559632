import type { ErrorDocument } from '../../../core/errors.ts'
import type { Activity, ActivityResult, ActivityState, ActivityStep } from '../../../core/model.ts'

/** A semaphore by name that an activity will need. Activities pass through a lane in the order of their creation. */
export interface LaneRequest {
  /** e.g. `build:<project id>`, `environment:<environment id>`. */
  readonly lane: string
  /** How many may be inside at once. */
  readonly capacity: number
  /** Asks all others of the lane to cancel, and goes first. */
  readonly preempts?: boolean | undefined
}

export interface StepRecord extends ActivityStep {
  /** What it returned; encrypted at rest. */
  readonly output?: unknown
  readonly error?: ErrorDocument | undefined
}

export interface ActivityRecord extends Omit<Activity, 'steps'> {
  readonly steps: readonly StepRecord[]
  /** Grows with each activity: the order of creation. */
  readonly sequence: number
  /** JSON; encrypted at rest. */
  readonly input: unknown
  readonly lanes: readonly LaneRequest[]
  /** Lanes it has entered; those not in `lanesLeft` it is still inside. */
  readonly lanesEntered: readonly string[]
  readonly lanesLeft: readonly string[]
  readonly warnings: readonly string[]
  readonly cancelRequestedAt?: string | undefined
  /** From this time on it can no longer be cancelled. */
  readonly committedAt?: string | undefined
  /** False: its log has yet to be ended. */
  readonly logEnded: boolean
}

/** What a client asked for. */
export interface ActivityRequest {
  readonly type: string
  /** Names, for people: they stay when the project is gone. */
  readonly project?: string | undefined
  readonly environment?: string | undefined
  /** The client's: the same key starts the same thing only once. */
  readonly key?: string | undefined
  /** The same key must come with the same. */
  readonly request?: unknown
}

export interface NewActivity extends ActivityRequest {
  readonly description: string
  readonly input: unknown
  readonly lanes: readonly LaneRequest[]
  readonly createdBy: string
}

export interface ActivityFilter {
  readonly project?: string | undefined
  readonly environment?: string | undefined
  readonly type?: string | undefined
  readonly state?: ActivityState | undefined
  readonly result?: ActivityResult | undefined
  /** 100 unless told. */
  readonly limit?: number | undefined
  /** Id of an activity: only older ones. */
  readonly before?: string | undefined
}

/** `null` clears a field. */
export interface ActivityChange {
  readonly state?: ActivityState
  readonly result?: ActivityResult
  readonly waiting?: Activity['waiting'] | null
  readonly phase?: string
  readonly error?: ErrorDocument
  readonly output?: Readonly<Record<string, unknown>>
  readonly lanesEntered?: readonly string[]
  readonly lanesLeft?: readonly string[]
  readonly warnings?: readonly string[]
  readonly startedAt?: string
  readonly finishedAt?: string
  readonly cancelRequestedAt?: string
  readonly committedAt?: string
  readonly logEnded?: boolean
}

export interface ActivityStore {
  /**
   * State `queued`. `created` is false when there is one of the same key and request already: that one is returned.
   * @throws conflict.changed the key was used for another request
   */
  create(activity: NewActivity): { readonly activity: ActivityRecord; readonly created: boolean }
  get(id: string): ActivityRecord | undefined
  /** The one that this request started; undefined without a key. @throws conflict.changed the key was used for another request */
  findByKey(request: ActivityRequest): ActivityRecord | undefined
  /** Newest first; without steps. */
  list(filter: ActivityFilter): ActivityRecord[]
  /** Oldest first: all that is not finished, and what is finished but whose log is not ended. */
  unfinished(): ActivityRecord[]
  /** @throws not-found.activity */
  update(id: string, change: ActivityChange): ActivityRecord
  /** Records a step, new or again, as running. */
  startStep(activity: string, name: string): void
  /** `output` must survive JSON; undefined is kept as such. */
  finishStep(activity: string, name: string, output: unknown): void
  failStep(activity: string, name: string, error: ErrorDocument): void
}
