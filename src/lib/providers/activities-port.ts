import type { LogEvent } from '../core/events.ts'
import type { Activity, ActivityResult, ActivityState } from '../core/model.ts'
import type { Call } from './call.ts'

export interface ActivityFilter {
  readonly project?: string | undefined
  readonly environment?: string | undefined
  readonly type?: string | undefined
  readonly state?: ActivityState | undefined
  readonly result?: ActivityResult | undefined
  readonly limit?: number | undefined
}

export interface Activities {
  readonly support: { readonly cancel: boolean; readonly answer: boolean; readonly log: 'stream' | 'poll' }
  /** Newest first. */
  list(filter: ActivityFilter, call: Call): AsyncIterable<Activity>
  /** @throws not-found.activity */
  get(id: string, call: Call): Promise<Activity>
  /** The log from the first record (or after the cursor); follows until the activity is finished, resuming by itself; ends with `end`. @throws unavailable.stream */
  log(
    id: string,
    call: Call & { readonly after?: readonly string[] | undefined; readonly follow: boolean },
  ): AsyncIterable<LogEvent>
  /** Asks it to end; a finished one: @throws conflict.finished, conflict.too-late */
  cancel(id: string, call: Call): Promise<Activity>
  /** @throws conflict.not-waiting */
  answer(id: string, answer: string, call: Call): Promise<Activity>
}
