import { systemClock } from '../../core/clock.ts'
import { AppError } from '../../core/errors.ts'
import type { Activity } from '../../core/model.ts'
import type { ActivityChange, ActivityRecord, LaneRequest } from '../store/port.ts'
import { RunContext, WAIT_PREFIX } from './context.ts'
import { Execution, type Workshop } from './execution.ts'
import { Interruption } from './failures.ts'
import { Feed } from './feed.ts'
import { Lanes } from './lanes.ts'
import type {
  Activities,
  ActivitiesOptions,
  ActivityFilter,
  ActivityHandler,
  ActivityOutcome,
  StartActivity,
} from './port.ts'
import { cancellation, failure, outcomeOf, recordEnd } from './settle.ts'
import { summary, toActivity } from './to-activity.ts'

const CLOSE_TIMEOUT_MS = 5000
const END_RETRY_MS = 1000

/** A handler with the type of its input settled. */
interface BoundHandler {
  readonly resumes: boolean
  lanes(input: unknown): readonly LaneRequest[]
  run(execution: Execution): Promise<ActivityOutcome | void>
}

export function createActivities(options: ActivitiesOptions): Activities {
  return new DurableActivities(options)
}

class DurableActivities implements Activities {
  readonly #options: ActivitiesOptions
  readonly #workshop: Workshop
  readonly #handlers = new Map<string, BoundHandler>()
  readonly #executions = new Map<string, { readonly execution: Execution; readonly done: Promise<void> }>()
  readonly #stopping = new AbortController()
  readonly #stopped = new AbortController()

  constructor(options: ActivitiesOptions) {
    const { clock = systemClock, onError = () => undefined, onStep = () => undefined, openLog, store } = options
    this.#options = options
    this.#workshop = {
      feed: new Feed(),
      lanes: new Lanes(),
      onError,
      onStep,
      openLog,
      stopped: this.#stopped.signal,
      stopping: this.#stopping.signal,
      store,
      timestamp: () => new Date(clock.now()).toISOString(),
    }
  }

  register<Input>(handler: ActivityHandler<Input>): void {
    this.#handlers.set(handler.type, {
      lanes: input => handler.lanes(handler.input.parse(input)),
      resumes: handler.onInterrupted !== 'fail',
      run: async execution => handler.run(new RunContext(execution, handler.input.parse(execution.record.input))),
    })
  }

  start(request: StartActivity): Activity {
    if (this.#stopping.signal.aborted) throw new AppError('unavailable.platform', 'the platform is stopping')
    const handler = this.#handlers.get(request.type)
    if (!handler) throw new TypeError(`no handler for activities of type ${request.type}`)
    const { store } = this.#workshop
    const { activity, created } = store.transaction(() => {
      const known = store.activities.findByKey(request)
      if (known) return { activity: known, created: false }
      const { description, input } = request.prepare()
      return store.activities.create({ ...request, description, input, lanes: handler.lanes(input) })
    })
    if (!created) return toActivity(activity)
    this.#take(activity, handler)
    this.#preempt(activity.id)
    return this.get(activity.id)
  }

  get(id: string): Activity {
    return toActivity(this.#record(id))
  }

  list(filter: ActivityFilter): Activity[] {
    return this.#workshop.store.activities.list(filter).map(summary)
  }

  cancel(id: string): Activity {
    const record = this.#record(id)
    if (record.result === 'cancelled') return toActivity(record)
    refuseFinished(record)
    if (record.committedAt !== undefined)
      throw new AppError('conflict.too-late', `activity ${id} can no longer be cancelled`)
    const execution = this.#execution(record)
    if (record.cancelRequestedAt === undefined) {
      const cancelRequestedAt = this.#workshop.timestamp()
      if (record.state === 'queued') recordEnd(execution, { ...cancellation(execution), cancelRequestedAt })
      else execution.change({ cancelRequestedAt })
      execution.abort()
    }
    return this.get(id)
  }

  answer(id: string, answer: string): Activity {
    const record = this.#record(id)
    refuseFinished(record)
    const step = record.steps.find(({ name, state }) => state === 'running' && name.startsWith(WAIT_PREFIX))
    const accepted = record.waiting?.answers.map(candidate => candidate.id) ?? []
    if (!step || !accepted.includes(answer)) {
      throw new AppError('conflict.not-waiting', `activity ${id} is not waiting for the answer "${answer}"`, {
        details: { answers: accepted },
      })
    }
    this.#execution(record).write(() => {
      this.#workshop.store.activities.finishStep(id, step.name, answer)
      this.#workshop.store.activities.update(id, { state: 'running', waiting: null })
    })
    return this.get(id)
  }

  watch(id: string, signal: AbortSignal): AsyncIterable<Activity> {
    this.#record(id)
    const until = AbortSignal.any([signal, this.#stopping.signal])
    return untilFinished(this.#workshop.feed.watch(id, () => this.get(id), until))
  }

  async resume(): Promise<void> {
    const known = this.#workshop.store.activities.unfinished().filter(({ id }) => !this.#executions.has(id))
    for (const record of known) {
      if (record.state === 'finished') this.#hold(new Execution(this.#workshop, record), () => Promise.resolve())
      else this.#takeUp(record)
    }
    for (const { id } of known) this.#preempt(id)
    for (const { id, state } of known) if (state === 'finished') await this.#executions.get(id)?.done
  }

  async close(timeoutMs: number = CLOSE_TIMEOUT_MS): Promise<void> {
    const { clock = systemClock } = this.#options
    const enough = new AbortController()
    this.#stopping.abort(new Interruption())
    const all = Promise.all([...this.#executions.values()].map(({ done }) => done))
    await Promise.race([all, clock.sleep(timeoutMs, enough.signal).catch(() => undefined)])
    enough.abort()
    this.#stopped.abort()
    const left = [...this.#executions.values()].map(({ execution }) => execution.closeLog({ ended: false }))
    await Promise.all(left.map(closing => closing.catch(this.#workshop.onError)))
  }

  #takeUp(record: ActivityRecord): void {
    const handler = this.#handlers.get(record.type)
    if (handler && (handler.resumes || record.state === 'queued')) {
      this.#take(record, handler)
      return
    }
    const why = handler
      ? 'was interrupted and cannot be taken up again'
      : 'is of a type that this platform does not know'
    this.#hold(new Execution(this.#workshop, record), execution => {
      recordEnd(execution, failure(new AppError('failed.interrupted', `activity ${record.id} ${why}`)))
      return Promise.resolve()
    })
  }

  #take(record: ActivityRecord, handler: BoundHandler): void {
    this.#workshop.lanes.add(record)
    this.#hold(new Execution(this.#workshop, record), async execution => {
      const end = await outcomeOf(execution, () => this.#run(execution, handler))
      if (end && execution.record.state !== 'finished') await this.#end(execution, end)
    })
  }

  async #run(execution: Execution, handler: BoundHandler): Promise<ActivityOutcome | void> {
    const { lanes, stopping, timestamp } = this.#workshop
    const { id, state } = execution.record
    if (state === 'queued') {
      await lanes.ready(id, AbortSignal.any([execution.signal, stopping]))
      execution.checkpoint()
      execution.change({ startedAt: timestamp(), state: 'running' })
    }
    return handler.run(execution)
  }

  /** Also on a full disk the end is recorded as soon as there is room: until then its lanes stay closed. */
  async #end(execution: Execution, end: ActivityChange): Promise<void> {
    const { clock = systemClock } = this.#options
    await execution.flushLog().catch(this.#workshop.onError)
    for (;;) {
      try {
        recordEnd(execution, end)
        return
      } catch (error) {
        if (error instanceof Interruption) throw error
        this.#workshop.onError(error)
        await clock.sleep(END_RETRY_MS, this.#stopping.signal)
      }
    }
  }

  /** Keeps the execution in hand while `work` goes on, and ends its log once the activity is finished. */
  #hold(execution: Execution, work: (execution: Execution) => Promise<void>): void {
    const { id } = execution.record
    const done = this.#carryOut(execution, work)
      .catch((error: unknown) => {
        if (!(error instanceof Interruption)) this.#workshop.onError(error)
      })
      .finally(() => this.#executions.delete(id))
    this.#executions.set(id, { done, execution })
  }

  async #carryOut(execution: Execution, work: (execution: Execution) => Promise<void>): Promise<void> {
    await execution.openLog().catch(this.#workshop.onError)
    await work(execution)
    const { id, state } = execution.record
    if (state === 'finished') this.#workshop.lanes.remove(id)
    const hadLog = await execution.closeLog({ ended: state === 'finished' })
    if (state !== 'finished') return
    this.#announce(execution.record)
    if (hadLog) execution.change({ logEnded: true })
  }

  #announce(record: ActivityRecord): void {
    const { result } = record
    if (result) this.#options.onFinished?.({ ...toActivity(record), result })
  }

  #preempt(id: string): void {
    for (const other of this.#workshop.lanes.preempted(id)) {
      const { committedAt, sequence, state } = this.#record(other)
      const isOlder = sequence < this.#record(id).sequence
      if (isOlder && committedAt === undefined && state !== 'finished') this.cancel(other)
    }
  }

  #record(id: string): ActivityRecord {
    const record = this.#workshop.store.activities.get(id)
    if (!record) {
      throw new AppError('not-found.activity', `there is no activity ${id}`, { suggestions: ['aloft activities'] })
    }
    return record
  }

  #execution(record: ActivityRecord): Execution {
    return this.#executions.get(record.id)?.execution ?? new Execution(this.#workshop, record)
  }
}

function refuseFinished({ id, state }: ActivityRecord): void {
  if (state === 'finished') throw new AppError('conflict.finished', `activity ${id} is finished already`)
}

async function* untilFinished(states: AsyncIterable<Activity>): AsyncGenerator<Activity, void> {
  for await (const activity of states) {
    yield activity
    if (activity.state === 'finished') return
  }
}
