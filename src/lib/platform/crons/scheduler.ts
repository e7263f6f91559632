import { Cron } from 'croner'
import type { CronSpec } from '../../config/environment-spec.ts'
import type { Activities } from '../activities/port.ts'
import { liveRelease, placeOf } from '../deploy/deployments.ts'
import type { StoredRelease } from '../deploy/release.ts'
import type { Store } from '../store/port.ts'
import type { CronInput } from './cron-activity.ts'

export interface SchedulerOptions {
  readonly store: Store
  readonly activities: Activities
  readonly onError: (error: unknown) => void
}

/** Starts the crons of live deployments at their times. What falls due while the platform is down is not made up. */
export class CronScheduler {
  readonly #options: SchedulerOptions
  readonly #timers = new Map<string, { readonly deployment: string; readonly timers: readonly Cron[] }>()

  constructor(options: SchedulerOptions) {
    this.#options = options
  }

  /**
   * Follows what is live in an environment now; one that was deleted has no crons. The timers of a deployment that stays
   * are left alone: one that is due at this moment must not be passed over.
   */
  refresh(environment: string): void {
    const { store } = this.#options
    const known = this.#timers.get(environment)
    const release = runningRelease(store, environment)
    if (known && known.deployment === release?.id) return
    for (const timer of known?.timers ?? []) timer.stop()
    this.#timers.delete(environment)
    if (release) this.#timers.set(environment, { deployment: release.id, timers: this.#start(release) })
  }

  close(): void {
    for (const { timers } of this.#timers.values()) for (const timer of timers) timer.stop()
    this.#timers.clear()
  }

  #start(release: StoredRelease): Cron[] {
    return release.spec.applications
      .filter(({ deploy }) => deploy)
      .flatMap(application =>
        application.crons.map(
          cron =>
            new Cron(cron.schedule, { timezone: application.timeZone, unref: true }, () =>
              this.#due(release, application.name, cron),
            ),
        ),
      )
  }

  #due(release: StoredRelease, application: string, { concurrency, name }: CronSpec): void {
    const { activities, onError, store } = this.#options
    const { project, environment } = release
    const input: CronInput = { application, cron: name, environment: environment.id }
    const description = `cron ${name} of ${application}`
    // what is thrown here would end the process: croner does not wait for it
    try {
      if (!store.environments.get(environment.id)) return this.refresh(environment.id)
      const running = ['queued', 'running', 'waiting'] as const
      const earlier = running
        .flatMap(state => activities.list({ environment: environment.name, project, state, type: 'cron' }))
        .filter(activity => activity.description === description)
      if (earlier.length > 0 && concurrency === 'forbid') return
      if (concurrency === 'replace') for (const { id } of earlier) activities.cancel(id)
      activities.start({
        createdBy: 'scheduler',
        environment: environment.name,
        prepare: () => ({ description, input }),
        project,
        type: 'cron',
      })
    } catch (error) {
      onError(error)
    }
  }
}

/** What is live there; undefined while it is paused. */
function runningRelease(store: Store, environment: string): StoredRelease | undefined {
  const record = store.environments.get(environment)
  return record && record.status !== 'paused' ? liveRelease(store, placeOf(store, environment)) : undefined
}
