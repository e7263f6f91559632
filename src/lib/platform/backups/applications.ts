import { applyReleases } from '../deploy/apply-releases.ts'
import { hostsOf, placeOf, toRelease } from '../deploy/deployments.ts'
import { releaseState } from '../deploy/desired.ts'
import { oneByOneMs, untilGone, untilReady } from '../deploy/readiness.ts'
import type { ReleaseState } from '../engine/port.ts'
import { SERVICES_RELEASE } from '../services/port.ts'
import type { DeploymentRecord } from '../store/port.ts'
import type { BackupDeps } from './deps.ts'

/** The applications of an environment around a change of their data. All of it may be repeated. */
export class Applications {
  readonly #deps: BackupDeps
  readonly #environment: string
  readonly #live: DeploymentRecord

  constructor(deps: BackupDeps, environment: string, live: DeploymentRecord) {
    this.#deps = deps
    this.#environment = environment
    this.#live = live
  }

  /** `PROJECT:ENVIRONMENT`, as people type it. */
  get names(): string {
    const { environment, project } = placeOf(this.#deps.store, this.#environment)
    return `${project.name}:${environment.name}`
  }

  /** Requests wait at the edge, all instances but those of managed services end. */
  async stop(signal: AbortSignal): Promise<void> {
    const { engine, routing } = this.#deps
    await routing.hold(this.#environment, true)
    await this.#apply({ releases: false })
    await untilGone(engine, this.#environment, { keep: new Set(), release: this.#live.id, signal })
  }

  /** Of the managed services these end too. Only after `stop`. */
  async stopServices(names: ReadonlySet<string>, signal: AbortSignal): Promise<void> {
    const { engine, services } = this.#deps
    await this.#apply({ releases: false, without: names })
    const keep = new Set([...services.types(this.#environment).keys()].filter(name => !names.has(name)))
    await untilGone(engine, this.#environment, { keep, release: SERVICES_RELEASE, signal })
  }

  /** The managed services run again and are ready, but for those named. Only after `stop`. @throws failed.start, failed.health */
  async startServices(without: ReadonlySet<string>, signal: AbortSignal): Promise<void> {
    const { generation, services } = await this.#apply({ releases: false, without })
    if (services) await this.#untilReady(services, generation, signal)
  }

  /** Everything runs again and is ready; then requests go on. @throws failed.start, failed.health */
  async start(signal: AbortSignal): Promise<void> {
    const { routing, store } = this.#deps
    const { generation, live, services } = await this.#apply({ releases: true })
    for (const release of [services, live]) if (release) await this.#untilReady(release, generation, signal)
    const place = placeOf(store, this.#environment)
    const release = await toRelease(this.#deps, this.#live, place)
    await routing.direct(release, hostsOf(store, release))
  }

  #untilReady(release: ReleaseState, generation: number, signal: AbortSignal): Promise<void> {
    const { engine } = this.#deps
    const environment = this.#environment
    return untilReady({ engine, environment, generation, release, signal, timeoutMs: oneByOneMs(release) })
  }

  async #apply({ releases, without }: { readonly releases: boolean; readonly without?: ReadonlySet<string> }) {
    const place = placeOf(this.#deps.store, this.#environment)
    const release = await toRelease(this.#deps, this.#live, place)
    const live = releases ? releaseState(release, 100) : undefined
    const applied = await applyReleases(this.#deps, this.#environment, {
      of: [release],
      releases: live ? [live] : [],
      without,
    })
    return { ...applied, live }
  }
}
