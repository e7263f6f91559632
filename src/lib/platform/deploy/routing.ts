import { setTimeout as delay } from 'node:timers/promises'
import type { Edge, EdgeEndpoint, EdgeSite, EdgeStatus } from '../edge/port.ts'
import type { Engine, EngineInstance } from '../engine/port.ts'
import type { Layout } from '../layout.ts'
import type { StoredRelease } from './release.ts'
import type { AssignedHost } from './hosts.ts'
import { releaseSites } from './sites.ts'

/** Longest time a request waits at the edge during a stop-start deploy (docs.platform.sh: "up to five minutes"). */
const HOLD_MS = 300_000
/** Between two attempts to tell the edge what changed, ms. */
const RETRY_MS = 1000

/** What is remembered over restarts: the last sites of each environment. */
export interface SiteMemory {
  load(): ReadonlyMap<string, readonly EdgeSite[]>
  save(environment: string, sites: readonly EdgeSite[] | undefined): void
  nextGeneration(): number
}

interface Directed {
  readonly release: StoredRelease
  readonly hosts: readonly AssignedHost[]
  held: boolean
  heldUntil?: number | undefined
  readonly watch: AbortController
}

export interface RoutingOptions {
  readonly edge: Edge
  readonly engine: Engine
  readonly layout: Layout
  readonly memory: SiteMemory
  /** Told when following an environment's instances failed. */
  readonly onError: (error: unknown) => void
}

/** Which release the edge sends each environment's requests to. */
export class Routing {
  readonly #options: RoutingOptions
  readonly #sites: Map<string, readonly EdgeSite[]>
  readonly #directed = new Map<string, Directed>()
  /** The generation that the edge did not take; 0 once it took a later one. */
  #failed = 0

  constructor(options: RoutingOptions) {
    this.#options = options
    this.#sites = new Map(options.memory.load())
  }

  /** Gives the edge the sites as they are known, without asking any engine. */
  async publish(): Promise<EdgeStatus> {
    const { edge, memory } = this.#options
    const generation = memory.nextGeneration()
    try {
      const status = await edge.apply({ generation, sites: [...this.#sites.values()].flat() })
      if (generation > this.#failed) this.#failed = 0
      return status
    } catch (error) {
      this.#failed = Math.max(this.#failed, generation)
      throw error
    }
  }

  /** Directs the environment's hosts to this release and keeps them at it while its instances' addresses change. */
  async direct(release: StoredRelease, hosts: readonly AssignedHost[], { held } = { held: false }): Promise<void> {
    const { id } = release.environment
    this.#directed.get(id)?.watch.abort()
    const target = { held, hosts, release, watch: new AbortController() }
    this.#directed.set(id, target)
    try {
      await this.#refresh(target, await this.#options.engine.instances(id))
    } finally {
      this.#follow(target).catch(this.#options.onError)
    }
  }

  /** Lets requests wait, for ever or until a time (ms since the epoch), or go on, without directing them elsewhere. */
  async hold(environment: string, held: boolean, heldUntil?: number): Promise<void> {
    const target = this.#directed.get(environment)
    if (target) Object.assign(target, { held, heldUntil })
    await this.#replace(
      environment,
      this.#sites.get(environment)?.map(site => ({ ...site, held, heldUntil })),
    )
  }

  /** Answers all requests to the hosts of a release with 503 and this text, until they are directed to one again. */
  async shut(release: StoredRelease, hosts: readonly AssignedHost[], text: string): Promise<void> {
    const { id } = release.environment
    this.#directed.get(id)?.watch.abort()
    this.#directed.delete(id)
    const { layout } = this.#options
    const sites = releaseSites({ endpoints: new Map(), held: false, holdMs: HOLD_MS, hosts, layout, release })
    await this.#replace(
      id,
      sites.map(site => ({ ...site, closed: text })),
    )
  }

  /** Whether requests to the environment wait until somebody lets them go on. */
  isHeld(environment: string): boolean {
    return this.#sites.get(environment)?.some(({ held, heldUntil }) => held && heldUntil === undefined) ?? false
  }

  /** Takes the environment's hosts away from the edge. */
  async forget(environment: string): Promise<void> {
    this.#directed.get(environment)?.watch.abort()
    this.#directed.delete(environment)
    await this.#replace(environment, undefined)
  }

  close(): void {
    for (const { watch } of this.#directed.values()) watch.abort()
  }

  async #follow(target: Directed): Promise<void> {
    const { signal } = target.watch
    for await (const instances of this.#options.engine.watch(target.release.environment.id, signal))
      await this.#keepUp(target, instances)
  }

  /** Until the edge has taken it: the next change of an instance may be far away. */
  async #keepUp(target: Directed, instances: readonly EngineInstance[]): Promise<void> {
    const { signal } = target.watch
    while (!signal.aborted) {
      try {
        return await this.#refresh(target, instances)
      } catch (error) {
        this.#options.onError(error)
        await delay(RETRY_MS, undefined, { signal }).catch(() => undefined)
      }
    }
  }

  async #refresh({ held, heldUntil, hosts, release }: Directed, instances: readonly EngineInstance[]): Promise<void> {
    const endpoints = endpointsOf(instances, release.id)
    const { layout } = this.#options
    await this.#replace(
      release.environment.id,
      releaseSites({ endpoints, held, heldUntil, holdMs: HOLD_MS, hosts, layout, release }),
    )
  }

  async #replace(environment: string, next: readonly EdgeSite[] | undefined): Promise<void> {
    if (this.#failed === 0 && JSON.stringify(this.#sites.get(environment)) === JSON.stringify(next)) return
    if (next) this.#sites.set(environment, next)
    else this.#sites.delete(environment)
    this.#options.memory.save(environment, next)
    await this.publish()
  }
}

/** Ready instances take the traffic; while none is ready all of them are kept, so that the edge can wait for the first. */
function endpointsOf(instances: readonly EngineInstance[], release: string): Map<string, EdgeEndpoint[]> {
  const result = new Map<string, EdgeEndpoint[]>()
  const own = instances.filter(instance => instance.release === release && instance.endpoint !== undefined)
  for (const service of new Set(own.map(instance => instance.service))) {
    const all = own.filter(instance => instance.service === service)
    const ready = all.filter(({ state }) => state === 'ready')
    const taking = (ready.length > 0 ? ready : all).toSorted((a, b) => a.id.localeCompare(b.id))
    result.set(
      service,
      taking.flatMap(({ appDirectory, endpoint, id }) =>
        endpoint === undefined ? [] : { address: endpoint, appDirectory, instance: id, weight: 1 },
      ),
    )
  }
  return result
}
