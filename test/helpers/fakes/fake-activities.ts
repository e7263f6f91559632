import type { LogEvent } from '../../../src/lib/core/events.ts'
import { AppError } from '../../../src/lib/core/errors.ts'
import type { Activity } from '../../../src/lib/core/model.ts'
import type { Activities } from '../../../src/lib/providers/port.ts'

export const STARTED_AT = '2026-01-31T12:00:00.000Z'

/** How an activity goes on after it was started. */
export interface Script {
  readonly lines?: readonly (readonly [phase: string, message: string])[]
  readonly finished?: Partial<Activity>
  /** Waits for an answer before it is finished. */
  readonly waiting?: Activity['waiting']
  /** Neither the log nor the activity ever ends. */
  readonly endless?: boolean
  /** The log breaks instead of ending. */
  readonly streamBreaks?: boolean
}

export interface FakeActivities extends Activities {
  start(activity: Partial<Activity> & { readonly type: string }): Activity
  readonly answers: readonly string[]
}

/** Activities in memory: each is finished as soon as its log has been read, as its script says. */
export function createFakeActivities(script: () => Script): FakeActivities {
  const known = new Map<string, Activity>()
  const answers: string[] = []
  let count = 0
  const find = (id: string): Activity => {
    const activity = known.get(id)
    if (activity) return activity
    throw new AppError('not-found.activity', `there is no activity ${id}`, { suggestions: [...known.keys()] })
  }
  const finish = (id: string): void => {
    const { finished } = script()
    known.set(id, {
      ...find(id),
      finishedAt: '2026-01-31T12:00:05.000Z',
      result: 'success',
      state: 'finished',
      waiting: undefined,
      ...finished,
    })
  }
  return {
    answer: async (id, answer) => {
      answers.push(answer)
      finish(id)
      return find(id)
    },
    answers,
    cancel: async id => {
      known.set(id, { ...find(id), result: 'cancelled', state: 'finished' })
      return find(id)
    },
    get: async id => find(id),
    list: async function* list(filter) {
      for (const activity of known.values()) {
        if (filter.type === undefined || activity.type === filter.type) yield activity
      }
    },
    log: async function* log(id, { follow, signal }): AsyncGenerator<LogEvent> {
      const { endless, lines = [], streamBreaks, waiting } = script()
      for (const [index, [phase, message]] of lines.entries()) {
        const at = new Date(Date.parse(STARTED_AT) + index * 100).toISOString()
        yield { at, cursor: `${id}.${index}`, level: 'info', message, phase, source: id, type: 'log' }
      }
      if (follow && endless)
        await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
      if (waiting && answers.length === 0) known.set(id, { ...find(id), state: 'waiting', waiting })
      else finish(id)
      if (streamBreaks) throw new AppError('unavailable.stream', 'the stream was lost')
      yield { type: 'end' }
    },
    start: activity => {
      const id = `act_${++count}`
      const started: Activity = {
        createdAt: STARTED_AT,
        createdBy: 'ada',
        description: `${activity.type} of ${activity.project ?? ''}/${activity.environment ?? ''}`,
        id,
        state: 'running',
        ...activity,
      }
      known.set(id, started)
      return started
    },
    support: { answer: true, cancel: true, log: 'stream' },
  }
}
