import { isAppError, toErrorDocument } from '../../core/errors.ts'
import type { ActivityContext } from '../activities/port.ts'
import type { Edge } from '../edge/port.ts'
import type { Engine, ReleaseState } from '../engine/port.ts'
import type { Applied } from './apply-releases.ts'
import { releaseState } from './desired.ts'
import { runHook } from './hooks.ts'
import type { ReleasePlan } from './plan.ts'
import { oneByOneMs, type ReadinessOptions, untilGone, untilReady } from './readiness.ts'
import type { Release, ReleaseService } from './release.ts'
import type { Routing } from './routing.ts'
import type { AssignedHost } from './hosts.ts'

/** How long requests that began on the old release may take to finish, ms. */
const DRAIN_MS = 30_000

export interface RolloutDeps {
  readonly engine: Engine
  readonly edge: Edge
  readonly routing: Routing
  /** Gives the engine what an environment should run, and beside it the managed services that the deployments `of` name. */
  readonly apply: (
    environment: string,
    desired: { readonly releases: readonly ReleaseState[]; readonly of: readonly Release[] },
  ) => Promise<Applied>
  /** Gives the managed services the configuration that a deployment has for them. */
  readonly configure: (release: Release) => Promise<void>
}

export interface RolloutInput {
  readonly release: Release
  /** The release that is live. */
  readonly previous?: Release | undefined
  readonly plan: ReleasePlan
  /** The hosts that a release's routes use. */
  readonly hostsOf: (release: Release) => readonly AssignedHost[]
  /** Records, once requests go to the new release, that it is the live one. */
  readonly onSwitched: () => void
  /** Whether that is recorded: from then on there is no way back. */
  readonly isSwitched: () => boolean
}

/**
 * Makes a release take the place of the one before it. Every step may be repeated: after a crash it goes on with the one
 * that was running. When it fails, the new release is stopped and the old one keeps or resumes serving.
 * @throws failed.start, failed.health, failed.hook
 */
export class Rollout {
  readonly #deps: RolloutDeps
  readonly #input: RolloutInput
  readonly #context: ActivityContext
  /** Of the desired state applied last. */
  #generation = 0

  constructor(deps: RolloutDeps, input: RolloutInput, context: ActivityContext) {
    this.#deps = deps
    this.#input = input
    this.#context = context
  }

  async run(): Promise<void> {
    try {
      if (!this.#input.isSwitched()) {
        await this.#startServices()
        await this.#bringUp()
        await this.#changeOver()
      }
    } catch (error) {
      if (!this.#context.interrupted && !this.#input.isSwitched()) {
        await this.#bringBack().catch((problem: unknown) => this.#reportStuck(problem))
      }
      throw error
    }
    await this.#retire()
  }

  /** Applications and their hooks find their databases ready. */
  async #startServices(): Promise<void> {
    const { spec } = this.#input.release
    if (spec.services.length === 0) return
    const { generation, services } = await this.#step('services', 'services', () => this.#applyAll(this.#old()))
    this.#context.phase('services')
    if (services)
      await this.#untilReady('services-ready', services, {
        generation,
        phase: 'services',
        timeoutMs: oneByOneMs(services),
      })
  }

  async #bringUp(): Promise<void> {
    const { plan } = this.#input
    if (plan.hooksFirst) await this.#deployHooks()
    const running: ReleaseService[] = []
    for (const [index, stage] of plan.beside.entries()) {
      running.push(...stage)
      const services = [...running]
      await this.#applyStep(`start:${index}`, this.#old(), this.#new(services))
      await this.#ready(`ready:${index}`, services)
    }
  }

  async #changeOver(): Promise<void> {
    const { hostsOf, onSwitched, plan, previous, release } = this.#input
    if (plan.swapped.length > 0) {
      if (plan.holds && previous) {
        await this.#step('hold', 'hold', async () => {
          await this.#deps.routing.hold(release.environment.id, true)
          this.#context.log({ message: 'requests wait at the edge until the new release is ready' })
        })
      }
      if (previous) await this.#step('stop-old', 'stop', () => this.#stopSwapped(previous))
      await this.#startSwapped()
    }
    if (!plan.hooksFirst) await this.#deployHooks()
    await this.#ready('ready')
    this.#context.commit()
    // one step: a platform that starts directs requests to what is recorded as live, so both or neither must be done
    await this.#step('switch', 'switch', async () => {
      await this.#deps.routing.direct(release, hostsOf(release))
      onSwitched()
    })
  }

  async #retire(): Promise<void> {
    const { previous, release } = this.#input
    const { edge, engine } = this.#deps
    if (previous) {
      await this.#step('drain', 'drain', async () => {
        const instances = await engine.instances(release.environment.id)
        const addresses = instances.flatMap(({ endpoint, release: of }) => (of === release.id ? [] : (endpoint ?? [])))
        await edge.drain(addresses, DRAIN_MS)
      })
    }
    await this.#step('retire', 'retire', () => this.#apply(undefined, this.#new()))
    await this.#reportMissingPorts()
  }

  async #deployHooks(): Promise<void> {
    for (const hook of this.#input.plan.deployHooks) {
      await this.#step(`hook:${hook.application}`, 'hook', () =>
        runHook(this.#deps.engine, this.#context, { ...hook, kind: 'deploy', release: this.#input.release }),
      )
    }
  }

  async #reportMissingPorts(): Promise<void> {
    const { missingPorts } = await this.#deps.edge.status()
    for (const { host, port } of this.#input.hostsOf(this.#input.release)) {
      if (port === undefined || !missingPorts.includes(port)) continue
      this.#context.warn(`port ${port} of ${host} is held by another program; it is taken as soon as it is free`)
    }
  }

  /** What an instance that failed said last belongs to the story of the deployment. */
  #quote(error: unknown): void {
    if (!isAppError(error)) return
    const lines = error.details?.['lastLines']
    const service = error.details?.['service']
    if (!Array.isArray(lines) || lines.length === 0) return
    this.#context.log({ level: 'error', message: `the last lines of ${String(error.details?.['instance'])}:` })
    for (const line of lines) {
      this.#context.log({ level: 'error', message: String(line), ...(typeof service === 'string' ? { service } : {}) })
    }
  }

  /** The live release alone again, as it was. Requests that were held go on, whatever the engine says. */
  async #bringBack(): Promise<void> {
    const { hostsOf, previous, release } = this.#input
    this.#context.log({
      level: 'warning',
      message: previous ? 'going back to the release before' : 'stopping the release',
    })
    const { apply, configure, engine, routing } = this.#deps
    const { id } = release.environment
    const old = previous ? [releaseState(previous, 100)] : []
    try {
      if (previous) await configure(previous)
      const { generation, services } = await apply(id, { of: previous ? [previous] : [], releases: old })
      const wait = { engine, environment: id, generation, signal: AbortSignal.timeout(DRAIN_MS) }
      for (const awaited of services ? [services, ...old] : old)
        await untilReady({ ...wait, release: awaited }).catch(() => undefined)
    } finally {
      // a platform that stops meanwhile has let go of the edge; the next one begins here anew
      if (!this.#context.interrupted)
        await (previous ? routing.direct(previous, hostsOf(previous)) : routing.forget(id))
    }
  }

  /** The failure that led here remains the verdict. */
  #reportStuck(problem: unknown): void {
    const { message } = toErrorDocument(problem)
    this.#context.log({ level: 'error', message: `could not go back to what was before: ${message}` })
  }

  /** Each stage depends on earlier ones alone. */
  async #startSwapped(): Promise<void> {
    const { beside, swapped } = this.#input.plan
    const running = beside.flat()
    for (const [index, stage] of swapped.entries()) {
      if (index > 0) await this.#ready(`ready-swapped:${index - 1}`, [...running])
      running.push(...stage)
      const services = [...running]
      await this.#applyStep(`start-swapped:${index}`, this.#oldBeside(), this.#new(services))
    }
  }

  async #stopSwapped(previous: Release): Promise<void> {
    const { release } = this.#input
    await this.#apply(this.#oldBeside(), this.#new(this.#input.plan.beside.flat()))
    const keep = new Set(this.#input.plan.beside.flat().map(({ name }) => name))
    await untilGone(this.#deps.engine, release.environment.id, {
      keep,
      release: previous.id,
      signal: this.#context.signal,
    })
  }

  async #ready(name: string, services?: readonly ReleaseService[]): Promise<void> {
    this.#context.phase('health')
    await this.#untilReady(name, this.#new(services), { generation: this.#generation })
  }

  /** A failure is recorded before anything is done about it: going back ends what could tell the reason again. */
  async #untilReady(
    name: string,
    release: ReleaseState,
    how: Pick<ReadinessOptions, 'generation' | 'timeoutMs' | 'phase'>,
  ): Promise<void> {
    await this.#context.check(name, async () => {
      try {
        await untilReady({
          ...how,
          engine: this.#deps.engine,
          environment: this.#input.release.environment.id,
          onProgress: message => this.#context.log({ message }),
          release,
          signal: this.#context.signal,
        })
      } catch (error) {
        if (!this.#context.interrupted) this.#quote(error)
        throw error
      }
    })
  }

  #step<T>(name: string, phase: string, run: () => Promise<T>): Promise<T> {
    this.#context.phase(phase)
    return this.#context.step(name, run)
  }

  async #applyStep(name: string, ...releases: readonly (ReleaseState | undefined)[]): Promise<void> {
    this.#generation = await this.#step(name, 'start', () => this.#apply(...releases))
  }

  /** Returns the generation. */
  async #apply(...releases: readonly (ReleaseState | undefined)[]): Promise<number> {
    return (await this.#applyAll(...releases)).generation
  }

  /** Until the switch services of both releases are there. */
  #applyAll(...releases: readonly (ReleaseState | undefined)[]): Promise<Applied> {
    const { isSwitched, previous, release } = this.#input
    return this.#deps.apply(release.environment.id, {
      of: previous && !isSwitched() ? [previous, release] : [release],
      releases: releases.filter(each => each !== undefined),
    })
  }

  #new(services?: readonly ReleaseService[]): ReleaseState {
    const names = services && new Set(services.map(({ name }) => name))
    return releaseState(this.#input.release, 0, names && (({ name }) => names.has(name)))
  }

  #old(): ReleaseState | undefined {
    return this.#input.previous && releaseState(this.#input.previous, 100)
  }

  /** What of the old release goes on until the switch: services whose successors start beside them. */
  #oldBeside(): ReleaseState | undefined {
    const { plan, previous } = this.#input
    const beside = new Set(plan.beside.flat().map(({ name }) => name))
    return previous && releaseState(previous, 100, ({ name }) => beside.has(name))
  }
}
