import type { Clock } from '../../core/clock.ts'
import type { LogEvent } from '../../core/events.ts'
import type { ErrorDocument } from '../../core/errors.ts'
import type { Activity } from '../../core/model.ts'

/** What went on in one phase of an activity. Times in milliseconds since the epoch. */
export interface PhaseRecord {
  readonly name: string
  readonly startedAt: number
  readonly endedAt: number
  /** Its last lines. */
  readonly tail: readonly string[]
}

/** Everything a report tells about a command that followed an activity. */
export interface RunRecord {
  readonly startedAt: number
  readonly endedAt: number
  /** As it was last seen; absent when none was started. */
  readonly activity?: Activity | undefined
  readonly phases: readonly PhaseRecord[]
  /** How the command failed, if it did. */
  readonly error?: ErrorDocument | undefined
}

export interface Recorder {
  see(activity: Activity): void
  event(event: LogEvent): void
  end(error: ErrorDocument | undefined): RunRecord
}

const TAIL_LINES = 20
/** From the start of the command until there is an activity: reading and sending the source. */
const BEFORE = 'prepare'

/** Keeps what the reports need, never the whole log. */
export function createRecorder(clock: Clock): Recorder {
  const startedAt = clock.now()
  const phases: { readonly name: string; readonly startedAt: number; readonly tail: string[] }[] = [
    { name: BEFORE, startedAt, tail: [] },
  ]
  let activity: Activity | undefined
  return {
    end: error => {
      const endedAt = clock.now()
      const ends = [...phases.slice(1).map(phase => phase.startedAt), endedAt]
      return {
        activity,
        endedAt,
        error,
        phases: phases.map((phase, index) => ({ ...phase, endedAt: ends[index] ?? endedAt })),
        startedAt,
      }
    },
    event: event => {
      if (event.type !== 'log') return
      const last = phases.at(-1)
      const name = event.phase ?? last?.name ?? BEFORE
      const now = last?.name === name ? last : { name, startedAt: clock.now(), tail: [] }
      if (now !== last) phases.push(now)
      now.tail.push(event.message)
      if (now.tail.length > TAIL_LINES) now.tail.shift()
    },
    see: seen => {
      activity = seen
    },
  }
}
