import { randomUUID } from 'node:crypto'
import { AppError } from '../../../../core/errors.ts'
import type { FreezeOptions } from '../../port.ts'
import type { Jobs } from './jobs.ts'
import type { RunningJob } from './running-job.ts'
import type { Covers, Supervisor } from './supervisor.ts'

/** Source of what hooks and crons print: jobs of the platform's own, e.g. dumps, have others. */
const APPLICATION = 'app'

export interface FreezesDeps {
  readonly supervisor: Supervisor
  readonly jobs: Jobs
}

interface Freeze {
  readonly covers: Covers
  readonly jobs: readonly RunningJob[]
  readonly timer: NodeJS.Timeout
  readonly onEnd: () => void
}

/** What stands still, and for how long at most. */
export class Freezes {
  readonly #deps: FreezesDeps
  readonly #active = new Map<string, Freeze>()

  constructor(deps: FreezesDeps) {
    this.#deps = deps
  }

  /**
   * Stops instances, hooks and crons; resolves with an id when all stand still. `onEnd` is called when they go on, be it
   * before that. @throws unavailable.timeout, and they go on
   */
  async begin({ maxMs, services }: FreezeOptions, onEnd: () => void): Promise<string> {
    const { jobs, supervisor } = this.#deps
    const id = randomUUID()
    const covers: Covers = (service, kind) => services?.includes(service) ?? kind !== 'managed'
    const running = jobs.running.filter(
      ({ spec: { log } }) => log.source === APPLICATION && covers(log.service ?? '', 'worker'),
    )
    const timer = setTimeout(() => this.end(id), Math.min(maxMs, 2 ** 31 - 1))
    this.#active.set(id, { covers, jobs: running, onEnd, timer })
    const [instances, others] = await Promise.all([
      supervisor.freeze(covers),
      Promise.all(running.map(async job => ((await job.freeze()) ? [] : [`job ${job.spec.id}`]))),
    ])
    const moving = [...instances, ...others.flat()]
    if (moving.length === 0) return id
    this.end(id)
    throw new AppError('unavailable.timeout', `${moving.join(', ')} cannot be stopped`)
  }

  /** They go on. One that is over is no error. */
  end(id: string): void {
    const freeze = this.#active.get(id)
    if (!freeze) return
    this.#active.delete(id)
    clearTimeout(freeze.timer)
    this.#deps.supervisor.thaw(freeze.covers)
    for (const job of freeze.jobs) job.thaw()
    freeze.onEnd()
  }
}
