import { AppError, toErrorDocument } from '../../core/errors.ts'
import type { Waiting } from '../../core/model.ts'
import type { LogEntry } from '../logs/port.ts'
import type { ActivityRecord, StepRecord } from '../store/port.ts'
import type { Execution } from './execution.ts'
import { fromDocument } from './failures.ts'
import type { ActivityContext } from './port.ts'

/** Steps of this prefix are waits; what they return is the answer. */
export const WAIT_PREFIX = 'wait:'

export class RunContext<Input> implements ActivityContext<Input> {
  readonly input: Input
  readonly #execution: Execution
  readonly #names = new Set<string>()

  constructor(execution: Execution, input: Input) {
    this.#execution = execution
    this.input = input
  }

  get activity(): ActivityRecord {
    return this.#execution.record
  }

  get createdBy(): string {
    return this.activity.createdBy
  }

  get signal(): AbortSignal {
    return this.#execution.signal
  }

  get interrupted(): boolean {
    return this.#execution.workshop.stopping.aborted
  }

  log(entry: LogEntry): void {
    this.#execution.log(entry)
  }

  warn(message: string): void {
    const { warnings } = this.activity
    if (warnings.includes(message)) return
    this.#execution.change({ warnings: [...warnings, message] })
    this.log({ level: 'warning', message })
  }

  phase(name: string): void {
    if (this.activity.phase !== name) this.#execution.change({ phase: name })
  }

  setOutput(output: Readonly<Record<string, unknown>>): void {
    this.#execution.change({ output: { ...this.activity.output, ...output } })
  }

  commit(): void {
    if (this.activity.committedAt !== undefined) return
    this.#execution.checkpoint()
    this.#execution.change({ committedAt: this.#execution.workshop.timestamp() })
  }

  async step<T>(name: string, run: () => T | Promise<T>): Promise<T> {
    this.#claim(name)
    const known = this.#stepOf(name)
    if (known?.state === 'done') return throughJson(known.output)
    if (known?.state === 'failed') throw storedError(known)
    this.#execution.checkpoint()
    return throughJson(await this.#runStep(name, run))
  }

  async check(name: string, run: () => void | Promise<void>): Promise<void> {
    this.#claim(name)
    const known = this.#stepOf(name)
    if (known?.state === 'failed') throw storedError(known)
    this.#execution.checkpoint()
    await this.#runStep(name, run)
  }

  async inLane<T>(lane: string, run: () => Promise<T>): Promise<T> {
    const { lanes } = this.#execution.workshop
    if (lanes.position(this.activity.id, lane) === 'ahead') await this.#enter(lane)
    try {
      return await run()
    } finally {
      // an activity that the platform's stop caught inside has to find itself there again
      if (!this.interrupted) this.leaveLane(lane)
    }
  }

  leaveLane(lane: string): void {
    const { id, lanesLeft } = this.activity
    if (!lanesLeft.includes(lane)) this.#execution.change({ lanesLeft: [...lanesLeft, lane] })
    this.#execution.workshop.lanes.leave(id, lane)
  }

  async wait(waiting: Waiting): Promise<string> {
    const name = this.#waitName(waiting.reason)
    this.#claim(name)
    const known = this.#stepOf(name)
    if (known?.state === 'done') return String(known.output)
    if (known?.state === 'failed') throw storedError(known)
    this.#execution.checkpoint()
    const { store } = this.#execution.workshop
    const { id } = this.activity
    if (known?.state !== 'running') {
      this.log({ message: waiting.message })
      this.#execution.write(() => {
        store.activities.startStep(id, name)
        store.activities.update(id, { state: 'waiting', waiting })
      })
    }
    return this.#answered(name)
  }

  async #enter(lane: string): Promise<void> {
    const { lanes, stopping } = this.#execution.workshop
    this.#execution.checkpoint()
    try {
      await lanes.enter(this.activity.id, lane, AbortSignal.any([this.signal, stopping]))
    } catch (error) {
      this.#execution.checkpoint()
      throw error
    }
    this.#execution.change({ lanesEntered: [...this.activity.lanesEntered, lane] })
  }

  async #runStep<T>(name: string, run: () => T | Promise<T>): Promise<T> {
    const { id } = this.activity
    const { onStep, store } = this.#execution.workshop
    onStep(id, name, 'before-record')
    this.#execution.write(() => store.activities.startStep(id, name))
    onStep(id, name, 'after-record')
    const output = await this.#attempt(name, run)
    onStep(id, name, 'after-run')
    // a step that is done does not run again: its lines must not be lost
    await this.#execution.flushLog()
    this.#execution.write(() => store.activities.finishStep(id, name, output))
    onStep(id, name, 'after-done')
    return output
  }

  async #attempt<T>(name: string, run: () => T | Promise<T>): Promise<T> {
    try {
      return await run()
    } catch (error) {
      if (!this.interrupted) {
        await this.#execution.flushLog()
        const { store } = this.#execution.workshop
        this.#execution.write(() => store.activities.failStep(this.activity.id, name, toErrorDocument(error)))
      }
      throw error
    }
  }

  async #answered(name: string): Promise<string> {
    const { feed, stopping, store } = this.#execution.workshop
    const signal = AbortSignal.any([this.signal, stopping])
    for await (const step of feed.watch(this.activity.id, () => this.#stepOf(name), signal))
      if (step?.state === 'done') return String(step.output)
    if (stopping.aborted) throw this.#execution.interrupt()
    this.#execution.write(() => {
      store.activities.failStep(this.activity.id, name, toErrorDocument(this.signal.reason))
      store.activities.update(this.activity.id, { state: 'running', waiting: null })
    })
    throw this.signal.reason
  }

  #stepOf(name: string): StepRecord | undefined {
    return this.activity.steps.find(step => step.name === name)
  }

  #waitName(reason: string): string {
    for (let count = 1; ; count++) {
      const name = `${WAIT_PREFIX}${reason}${count === 1 ? '' : `:${count}`}`
      if (!this.#names.has(name)) return name
    }
  }

  #claim(name: string): void {
    if (this.#names.has(name)) throw new TypeError(`activity ${this.activity.id} has two steps named ${name}`)
    this.#names.add(name)
  }
}

function storedError({ error, name }: StepRecord): AppError {
  return error ? fromDocument(error) : new AppError('internal', `step ${name} failed`)
}

/** What a step returned as it will be when it is read back, so that the first run sees the same as later ones. */
function throughJson(value: unknown) {
  const json = JSON.stringify(value)
  return json === undefined ? undefined : JSON.parse(json)
}
