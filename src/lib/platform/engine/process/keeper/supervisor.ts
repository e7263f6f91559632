import pidusage from 'pidusage'
import { AppError } from '../../../../core/errors.ts'
import type { DesiredEnvironment, EngineInstance, LaunchSpec, ServiceState } from '../../port.ts'
import { descendants, processTable } from '../process-tree.ts'
import { Instance, type InstanceDeps, type Slot, slotKey, type WantedService } from './instance.ts'
import { serviceHash } from './state.ts'
import { sumUsage } from './usage.ts'

const SAMPLE_MS = 2000
/** How long one of several instances may take to become ready before the next is restarted. */
const TURN_MS = 60_000
const TURN_POLL_MS = 50

interface Wanted extends WantedService {
  readonly slot: Slot
  readonly weight: number
}

/** Whether something of this service is meant. */
export type Covers = (service: string, kind: ServiceState['kind']) => boolean

/** Makes the instances those of the desired state. */
export class Supervisor {
  readonly #deps: InstanceDeps
  readonly #instances = new Map<string, Instance>()
  readonly #leaving = new Set<Instance>()
  readonly #freezes = new Set<Covers>()
  readonly #sampler: NodeJS.Timeout
  #wanted: ReadonlyMap<string, Wanted> = new Map()
  #isTurning = false
  #isStarting = false
  #isClosed = false

  constructor(deps: InstanceDeps) {
    this.#deps = deps
    this.#sampler = setInterval(() => void this.#sample(), SAMPLE_MS).unref()
  }

  /** Nothing runs, nothing is to run, nothing is being stopped. */
  get isIdle(): boolean {
    return this.#wanted.size === 0 && this.#instances.size === 0 && this.#leaving.size === 0
  }

  /** Begins to converge, managed services first; instances of changed services are replaced one by one. */
  apply(desired: DesiredEnvironment): void {
    this.#wanted = new Map(wantedSlots(desired).map(wanted => [slotKey(wanted.slot), wanted]))
    this.#deps.state.keepPorts(new Set(this.#wanted.keys()))
    for (const [key, instance] of this.#instances) if (!this.#wanted.has(key)) void this.#retire(key, instance)
    for (const [key, wanted] of this.#wanted) {
      const instance = this.#instances.get(key)
      if (instance) this.#keep(instance, wanted)
      else if (wanted.spec.kind === 'managed' && !this.#isLeaving(key)) this.#start(key, wanted)
    }
    if (!this.#isStarting) void this.#startApplications()
    if (!this.#isTurning) void this.#replaceOutdated()
    void this.#deps.launcher.prune()
    this.#deps.onChange()
  }

  /** Those of the release with the most traffic first. */
  views(): EngineInstance[] {
    const all = [...this.#instances.values(), ...this.#leaving]
    const weight = ({ slot }: Instance): number => this.#wanted.get(slotKey(slot))?.weight ?? -1
    return all
      .toSorted((a, b) => weight(b) - weight(a) || a.slot.ordinal - b.slot.ordinal)
      .map(instance => instance.view())
  }

  /** @throws not-found.instance */
  find(release: string, id: string): Instance {
    const instance = this.#instances.get(`${release}/${id}`)
    if (instance) return instance
    throw new AppError('not-found.instance', `instance ${id} does not run`, { suggestions: ['aloft services'] })
  }

  /**
   * Freezes the instances of these services, and what is started of them until `thaw`; those that are leaving are awaited.
   * Returns the ids of those that could not be stopped.
   */
  async freeze(covers: Covers): Promise<readonly string[]> {
    this.#freezes.add(covers)
    const instances = [...this.#instances.values()].filter(({ kind, slot }) => covers(slot.service, kind))
    const leaving = [...this.#leaving].filter(({ kind, slot }) => covers(slot.service, kind))
    const stopped = instances.map(async instance => ((await instance.freeze()) ? [] : [instance.id]))
    await Promise.all(leaving.map(instance => instance.stop()))
    return (await Promise.all(stopped)).flat()
  }

  thaw(covers: Covers): void {
    if (!this.#freezes.delete(covers)) return
    for (const instance of this.#instances.values()) if (covers(instance.slot.service, instance.kind)) instance.thaw()
  }

  /** Resolves when nothing of these launches is being stopped any more. */
  async untilLeft(isMeant: (launch: LaunchSpec) => boolean): Promise<void> {
    const leaving = [...this.#leaving].filter(({ launch }) => isMeant(launch))
    await Promise.all(leaving.map(instance => instance.stop()))
  }

  /** Ids of the instances with such a launch. */
  usersOf(isMeant: (launch: LaunchSpec) => boolean): readonly string[] {
    return [...this.#instances.values()].filter(({ launch }) => isMeant(launch)).map(({ id }) => id)
  }

  /** Stops all, managed services last; resolves when nothing is left. */
  async close(): Promise<void> {
    this.#isClosed = true
    clearInterval(this.#sampler)
    this.#wanted = new Map()
    const applications = [...this.#instances].filter(([, { kind }]) => kind !== 'managed')
    await Promise.all(applications.map(([key, instance]) => this.#retire(key, instance)))
    await Promise.all([...this.#instances].map(([key, instance]) => this.#retire(key, instance)))
    await Promise.all([...this.#leaving].map(instance => instance.stop()))
  }

  /** They find their managed services ready; one that does not become so holds nobody back for ever. */
  async #startApplications(): Promise<void> {
    const { clock } = this.#deps
    this.#isStarting = true
    const deadline = clock.now() + TURN_MS
    while (!this.#isClosed && clock.now() < deadline && this.#hasStartingService()) await clock.sleep(TURN_POLL_MS)
    this.#isStarting = false
    for (const [key, wanted] of this.#wanted)
      if (!this.#instances.has(key) && !this.#isLeaving(key)) this.#start(key, wanted)
  }

  #hasStartingService(): boolean {
    return [...this.#instances.values()].some(
      ({ kind, state }) => kind === 'managed' && (state === 'starting' || state === 'backing-off'),
    )
  }

  #keep(instance: Instance, { generation, spec }: Wanted): void {
    instance.graceMs = spec.graceMs
    if (instance.hash === serviceHash(spec)) instance.generation = generation
  }

  #start(key: string, wanted: Wanted): void {
    if (this.#isClosed) return
    const instance = new Instance(wanted.slot, wanted, this.#deps)
    this.#instances.set(key, instance)
    for (const covers of this.#freezes) if (covers(wanted.slot.service, wanted.spec.kind)) void instance.freeze()
  }

  async #retire(key: string, instance: Instance): Promise<void> {
    this.#instances.delete(key)
    this.#leaving.add(instance)
    await instance.stop()
    this.#leaving.delete(instance)
    this.#deps.onChange()
    void this.#deps.launcher.prune()
    // A slot may have become wanted again while its instance was leaving.
    const wanted = this.#wanted.get(key)
    if (wanted && !this.#instances.has(key)) this.#start(key, wanted)
  }

  async #replaceOutdated(): Promise<void> {
    this.#isTurning = true
    for (;;) {
      const next = [...this.#instances].find(([key]) => this.#isOutdated(key))
      if (!next || this.#isClosed) break
      await this.#retire(...next)
      await this.#untilReady(next[0])
    }
    this.#isTurning = false
  }

  #isOutdated(key: string): boolean {
    const wanted = this.#wanted.get(key)
    const instance = this.#instances.get(key)
    return wanted !== undefined && instance !== undefined && serviceHash(wanted.spec) !== instance.hash
  }

  /** Or until it is to be replaced itself, e.g. because it does not start. */
  async #untilReady(key: string): Promise<void> {
    const { clock } = this.#deps
    const deadline = clock.now() + TURN_MS
    for (; clock.now() < deadline && !this.#isOutdated(key); await clock.sleep(TURN_POLL_MS)) {
      const state = this.#instances.get(key)?.state
      if (state === undefined || state === 'ready' || state === 'failed') return
    }
  }

  /** Two instances of one slot never run at a time. */
  #isLeaving(key: string): boolean {
    return [...this.#leaving].some(({ slot }) => slotKey(slot) === key)
  }

  async #sample(): Promise<void> {
    const running = [...this.#instances.values()].filter(({ pid }) => pid !== undefined)
    if (running.length === 0) return
    const table = processTable()
    for (const instance of running) {
      const { pid } = instance
      const pids = pid === undefined ? [] : descendants(pid, table)
      const stats = pids.length > 0 ? await pidusage(pids).catch(() => undefined) : undefined
      if (stats) instance.usage = sumUsage(Object.values(stats))
    }
  }
}

function wantedSlots({ generation, releases }: DesiredEnvironment): Wanted[] {
  return releases.flatMap(release =>
    release.services.flatMap(spec =>
      Array.from({ length: spec.count }, (_, index) => ({
        generation,
        slot: { ordinal: index + 1, release: release.id, service: spec.name },
        spec,
        weight: release.weight,
      })),
    ),
  )
}
