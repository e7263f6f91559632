import type { LogEntry, LogWriter } from '../logs/port.ts'
import type { ActivityChange, ActivityRecord, Store } from '../store/port.ts'
import { cancelled, Interruption } from './failures.ts'
import type { Feed } from './feed.ts'
import type { Lanes } from './lanes.ts'
import type { StepMoment } from './port.ts'

/** What all executions share. */
export interface Workshop {
  readonly store: Store
  readonly lanes: Lanes
  readonly feed: Feed
  /** Aborted when the platform stops. */
  readonly stopping: AbortSignal
  /** Aborted when it has stopped: nothing may be written any more. */
  readonly stopped: AbortSignal
  readonly timestamp: () => string
  readonly openLog: (activity: string) => LogWriter | Promise<LogWriter>
  readonly onError: (error: unknown) => void
  readonly onStep: (activity: string, step: string, moment: StepMoment) => void
}

/** One activity while this platform has it in hand: its record, always as it is on disk, its log, and its two ends. */
export class Execution {
  readonly workshop: Workshop
  readonly #cancel = new AbortController()
  #record: ActivityRecord
  #log: LogWriter | undefined
  #closing: Promise<boolean> | undefined
  #wasInterrupted = false

  constructor(workshop: Workshop, record: ActivityRecord) {
    this.workshop = workshop
    this.#record = record
    if (record.cancelRequestedAt !== undefined) this.#cancel.abort(cancelled(record.id))
  }

  get record(): ActivityRecord {
    return this.#record
  }

  /** Aborted when somebody asked to cancel. */
  get signal(): AbortSignal {
    return this.#cancel.signal
  }

  /** Whether the activity was told that the platform stops: its end then says nothing about the activity. */
  get wasInterrupted(): boolean {
    return this.#wasInterrupted
  }

  abort(): void {
    this.#cancel.abort(cancelled(this.#record.id))
  }

  change(change: ActivityChange): void {
    this.write(() => this.workshop.store.activities.update(this.#record.id, change))
  }

  /** Writes in one transaction, then reads the record again and tells those who watch. */
  write(run: () => unknown): void {
    if (this.workshop.stopped.aborted) throw this.interrupt()
    const { activities } = this.workshop.store
    this.workshop.store.transaction(run)
    this.#record = activities.get(this.#record.id) ?? this.#record
    this.workshop.feed.changed(this.#record.id)
  }

  /** @throws failed.cancelled, Interruption: what is between two pieces of work must not begin the next one */
  checkpoint(): void {
    if (this.workshop.stopping.aborted) throw this.interrupt()
    this.signal.throwIfAborted()
  }

  interrupt(): Interruption {
    this.#wasInterrupted = true
    return new Interruption()
  }

  async openLog(): Promise<void> {
    this.#log = await this.workshop.openLog(this.#record.id)
  }

  log(entry: LogEntry): void {
    this.#log?.append({ ...entry, phase: entry.phase ?? this.#record.phase })
  }

  async flushLog(): Promise<void> {
    await this.#log?.flush()
  }

  /** False when there is none to close. Called again it waits for the first call. */
  closeLog(end: { readonly ended: boolean }): Promise<boolean> {
    this.#closing ??= this.#closeLog(end)
    return this.#closing
  }

  async #closeLog(end: { readonly ended: boolean }): Promise<boolean> {
    const log = this.#log
    this.#log = undefined
    await log?.close(end)
    return log !== undefined
  }
}
