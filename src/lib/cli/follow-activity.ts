import type { LogEvent } from '../core/events.ts'
import { AppError } from '../core/errors.ts'
import type { Activity } from '../core/model.ts'
import type { Activities, Call } from '../providers/port.ts'
import type { ActivityView } from './activity-view.ts'
import type { Runtime } from './runtime.ts'

/** How often the state is asked for while the log still flows: only to see that it waits for a person. */
const POLL_MS = 1000
/** What the log may still bring after the verdict is known. */
const DRAIN_MS = 2000
const TAIL_LINES = 10

export interface FollowOptions {
  readonly activities: Activities
  readonly id: string
  readonly call: Call
  readonly timeoutMs?: number | undefined
  readonly view: () => Promise<ActivityView>
  /** Sees each event of the log, for `--json` streams. */
  readonly onEvent?: ((event: LogEvent) => void) | undefined
}

export interface Followed {
  readonly activity: Activity
  /** The last lines of the log. */
  readonly tail: readonly string[]
}

/**
 * Follows an activity until it is finished. The stream only narrates: the verdict is the activity's own state and
 * result, so a lost stream makes no good deploy bad and no bad one good.
 * @throws pending.deadline, pending.answer, interrupted.signal, each naming how to follow it again
 */
export async function followActivity(options: FollowOptions, runtime: Runtime): Promise<Followed> {
  const { call, id, timeoutMs } = options
  const stop = new AbortController()
  const signal = AbortSignal.any([call.signal, stop.signal])
  const show = createShow(options.view)
  const tail: string[] = []
  let isDone = false
  const narration = narrate({ ...options, call: { signal } }, show, tail)
  try {
    const activity = await Promise.race([
      verdict({ ...options, call: { signal } }, runtime, { narration: narration.ended, show }),
      deadline(id, timeoutMs, { runtime, signal }),
      narration.broken,
    ])
    await Promise.race([narration.ended, runtime.clock.sleep(DRAIN_MS, signal)])
    isDone = activity.result === 'success' || activity.result === 'warning'
    return { activity, tail }
  } catch (error) {
    throw withWayBack(error, options)
  } finally {
    stop.abort(new Error('no longer followed'))
    await show.close(isDone)
  }
}

interface Show {
  line: ActivityView['line']
  close: ActivityView['close']
}

/** Opens the view when there is something to show, so that a question can have the screen in between. */
function createShow(open: () => Promise<ActivityView>): Show {
  let view: Promise<ActivityView> | undefined
  return {
    close: async isDone => {
      const opened = view
      view = undefined
      await (await opened)?.close(isDone)
    },
    line: async record => (await (view ??= open())).line(record),
  }
}

interface Narration {
  /** Resolves when the stream has ended, however it did. */
  readonly ended: Promise<void>
  /** Never resolves; rejects when what we write to is gone. */
  readonly broken: Promise<never>
}

function narrate({ activities, call, id, onEvent }: FollowOptions, show: Show, tail: string[]): Narration {
  const { promise: broken, reject } = Promise.withResolvers<never>()
  broken.catch(() => {})
  return { broken, ended: run() }

  async function run(): Promise<void> {
    try {
      for await (const event of activities.log(id, { ...call, follow: true })) await tell(event)
    } catch {
      // the verdict is asked for elsewhere
    }
  }

  async function tell(event: LogEvent): Promise<void> {
    if (event.type === 'log') {
      tail.push(event.message)
      if (tail.length > TAIL_LINES) tail.shift()
    }
    try {
      onEvent?.(event)
      if (event.type === 'log') await show.line(event)
    } catch (error) {
      reject(error)
      throw error
    }
  }
}

interface Around {
  readonly narration: Promise<void>
  readonly show: Show
}

async function verdict(options: FollowOptions, runtime: Runtime, { narration, show }: Around): Promise<Activity> {
  const { activities, call, id } = options
  let hasEnded = false
  const ended = (async (): Promise<void> => {
    await narration
    hasEnded = true
  })()
  for (;;) {
    const wasEnded = hasEnded
    const activity = await activities.get(id, call)
    if (activity.state === 'finished') return activity
    if (activity.waiting) {
      const answer = await answerFor(activity, options, { runtime, show })
      await activities.answer(id, answer, call)
      continue
    }
    const pause = runtime.clock.sleep(POLL_MS, call.signal)
    await (wasEnded ? pause : Promise.race([ended, pause]))
  }
}

interface Stage {
  readonly runtime: Runtime
  readonly show: Show
}

async function answerFor({ id, waiting }: Activity, options: FollowOptions, { runtime, show }: Stage): Promise<string> {
  const answers = waiting?.answers ?? []
  if (runtime.terminal.interactive && options.activities.support.answer && answers.length > 0) {
    await show.close(true)
    const choices = answers.map(answer => ({ label: answer.label, value: answer.id }))
    return runtime.ask.select(waiting?.message ?? 'How to go on?', choices, options.call.signal)
  }
  throw new AppError('pending.answer', `${id} waits for an answer: ${waiting?.message ?? ''}`, {
    details: { activity: id, answers, reason: waiting?.reason },
    suggestions: answers.map(answer => `aloft activities answer ${id} ${answer.id}   (${answer.label})`),
  })
}

interface Watch {
  readonly runtime: Runtime
  readonly signal: AbortSignal
}

async function deadline(id: string, timeoutMs: number | undefined, { runtime, signal }: Watch): Promise<never> {
  if (timeoutMs === undefined) return new Promise<never>(() => {})
  await runtime.clock.sleep(timeoutMs, signal)
  throw new AppError('pending.deadline', `${id} is still running after ${timeoutMs / 1000} s; it goes on`, {
    details: { activity: id },
    suggestions: [`aloft activities log ${id}`],
  })
}

/** Interruptions and lost connections end our watching, not the activity: say how to follow it again. */
function withWayBack(error: unknown, { activities, call: { signal }, id }: FollowOptions): unknown {
  const cause: unknown = signal.aborted ? signal.reason : error
  if (!(cause instanceof AppError)) return cause
  const isInterrupted = cause.code === 'interrupted.signal'
  const isOurs = isInterrupted || cause.code.startsWith('unavailable.')
  if (!isOurs) return cause
  return new AppError(cause.code, `${cause.message}; ${id} goes on`, {
    cause,
    details: { ...cause.details, activity: id },
    suggestions: [
      ...cause.suggestions,
      `follow it again: aloft activities log ${id}`,
      ...(isInterrupted && activities.support.cancel ? [`end it: aloft activities cancel ${id}`] : []),
    ],
  })
}
