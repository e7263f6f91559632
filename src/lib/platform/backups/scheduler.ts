import type { Clock } from '../../core/clock.ts'
import type { Activity } from '../../core/model.ts'
import type { Activities } from '../activities/port.ts'
import { placeOf } from '../deploy/deployments.ts'
import type { Store } from '../store/port.ts'
import type { Uploads } from '../uploads/uploads.ts'
import type { Parts } from './parts.ts'
import type { BackupPolicies } from './policies.ts'
import type { Backups } from './port.ts'
import { expendable } from './retention.ts'
import { isDue, type StoredSchedule } from './schedule.ts'
import { startBackup } from './start.ts'

const CHECK_MS = 15_000
const DAY_MS = 24 * 3_600_000
const SCHEDULER = 'scheduler'

export interface BackupSchedulerOptions {
  readonly activities: Activities
  readonly backups: Pick<Backups, 'delete'>
  readonly clock: Clock
  readonly policies: BackupPolicies
  readonly store: Store
  readonly uploads: Pick<Uploads, 'removeExpired'>
  readonly parts: Pick<Parts, 'tidy'>
  readonly onError: (error: unknown) => void
}

/**
 * Starts the backups that are due, each as an activity of its own, and lets those go that retention does not keep. A run that
 * was missed is made up once; one that falls due while another one of its environment runs waits for that.
 */
export class BackupScheduler {
  readonly #options: BackupSchedulerOptions
  readonly #closed = new AbortController()
  /** Ids of environments that have other backups since retention was applied. */
  readonly #changed = new Set<string>()
  #running: Promise<void> = Promise.resolve()
  #tidying: Promise<void> = Promise.resolve()

  constructor(options: BackupSchedulerOptions) {
    this.#options = options
  }

  start(): void {
    this.#running = this.#repeat()
  }

  /** Resolves when nothing is being deleted any more. */
  async close(): Promise<void> {
    this.#closed.abort()
    await Promise.all([this.#running, this.#tidying])
  }

  /** Retention looks at the environment soon. */
  onFinished({ environment, project }: Pick<Activity, 'environment' | 'project'>): void {
    const { store } = this.#options
    const owner = project === undefined ? undefined : store.projects.find(project)
    const place = owner && environment !== undefined ? store.environments.find(owner.id, environment) : undefined
    if (place) this.#changed.add(place.id)
  }

  /** Starts what is due now. What is wrong with the schedule of one environment keeps none of another. */
  startDue(): void {
    const { onError, policies } = this.#options
    for (const { environment, schedule } of policies.schedules()) {
      try {
        this.#startIfDue(environment, schedule)
      } catch (error) {
        onError(error)
      }
    }
  }

  /** Deletes what the environments' retention does not keep. */
  async applyRetention(environments: readonly string[]): Promise<void> {
    const { backups, clock, onError, policies, store } = this.#options
    for (const id of environments) {
      if (!store.environments.get(id)) continue
      const { environment, project } = placeOf(store, id)
      const all = store.backups.list({ environment: environment.name, project: project.name })
      // one that something works with goes the next time
      for (const backup of expendable(all, policies.retention(id), clock.now()))
        await backups.delete(backup).catch(onError)
    }
  }

  /** One that is paused changes nothing, and cannot be dumped: what it misses is made up when it is resumed. */
  #startIfDue(id: string, schedule: StoredSchedule): void {
    const { clock, policies, store } = this.#options
    const environment = store.environments.get(id)
    if (!environment || environment.status === 'paused') return
    const now = clock.now()
    const { lastAt, since } = schedule
    // the clock was wrong: until that time comes again nothing would be due
    if (Date.parse(lastAt ?? since) > now)
      policies.setSchedule(id, { ...schedule, lastAt: undefined, since: new Date(now).toISOString() })
    else if (isDue(schedule, now)) this.#begin(id, schedule)
  }

  async #repeat(): Promise<void> {
    const { clock, onError, parts } = this.#options
    const { signal } = this.#closed
    for (let cleanedAt = -Infinity; !signal.aborted;) {
      try {
        this.startDue()
        if (clock.now() - cleanedAt >= DAY_MS) {
          cleanedAt = clock.now()
          this.#clean()
        }
        await this.#retain()
        // what is due meanwhile does not wait for it
        this.#tidying = parts.tidy(signal).catch(onError)
      } catch (error) {
        onError(error)
      }
      await clock.sleep(CHECK_MS, signal).catch(() => undefined)
    }
  }

  /** Uploads that rest, and what was wanted of environments that are gone. */
  #clean(): void {
    const { policies, store, uploads } = this.#options
    const environments = new Set(store.environments.list().map(({ id }) => id))
    for (const id of environments) this.#changed.add(id)
    policies.forgetExcept(environments)
    uploads.removeExpired()
  }

  async #retain(): Promise<void> {
    const changed = [...this.#changed]
    this.#changed.clear()
    await this.applyRetention(changed)
  }

  #begin(id: string, schedule: StoredSchedule): void {
    const { activities, clock, policies, store } = this.#options
    const { environment, project } = placeOf(store, id)
    const unfinished = (['queued', 'running', 'waiting'] as const).flatMap(state =>
      activities.list({ environment: environment.name, project: project.name, state, type: 'backup.create' }),
    )
    if (unfinished.some(({ createdBy }) => createdBy === SCHEDULER)) return
    const { consistency, only } = schedule
    startBackup(
      activities,
      {
        environment: environment.name,
        place: () => {
          policies.setSchedule(id, { ...schedule, lastAt: new Date(clock.now()).toISOString() })
          return { environment, project }
        },
        project: project.name,
        request: { consistency, keep: false, only: [...only], reason: 'scheduled' },
      },
      { createdBy: SCHEDULER },
    )
  }
}
