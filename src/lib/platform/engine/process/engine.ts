import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod/mini'
import type { Clock } from '../../../core/clock.ts'
import { AppError, toErrorDocument } from '../../../core/errors.ts'
import type { Layout } from '../../layout.ts'
import { removeTree } from '../../remove-tree.ts'
import type {
  DesiredEnvironment,
  Engine,
  EngineInstance,
  FreezeOptions,
  Frozen,
  IsolationLevel,
  JobLine,
  JobResult,
  JobSpec,
  JobStreams,
  SessionRequest,
  Volume,
  VolumeCopy,
} from '../port.ts'
import type { Secrets } from '../../../secrets/seal.ts'
import { freezeThrough } from './freeze.ts'
import { type Isolation, type Level, probeIsolation } from './isolation/probe.ts'
import { callKeeper, streamKeeper } from './keeper-client.ts'
import { type EngineLog, KeeperLink } from './keeper-link.ts'
import { offerStreams, removeLeftSockets } from './job-streams.ts'
import { instancesSchema, jobEventSchema, type JobRequest, volumesSchema } from './messages.ts'
import { isAlive } from './process-tree.ts'
import { lockOwner } from './keeper/lock.ts'
import { canClone } from './volumes/can-clone.ts'

const IDLE_MS = 60_000
const GONE_POLL_MS = 20

export interface ProcessEngineOptions {
  readonly layout: Layout
  readonly clock: Clock
  readonly log: EngineLog
  /** Encrypts what keepers write down; made from the same key file that keepers read. */
  readonly secrets: Secrets
  /** Of the platform: shown by keepers. */
  readonly version: string
  /** Asks for a certain level instead of the strongest that works here. */
  readonly isolation?: Level | undefined
  /** How long a keeper with nothing to do stays. */
  readonly idleMs?: number | undefined
}

/**
 * Instances as processes of this machine, each environment under a keeper of its own that outlives the platform. Takes
 * up at once, in the background, what should be running.
 */
export function createProcessEngine(options: ProcessEngineOptions): Engine {
  return new ProcessEngine(options)
}

class ProcessEngine implements Engine {
  readonly name = 'process'
  readonly #options: ProcessEngineOptions
  readonly #links = new Map<string, KeeperLink>()
  #isolation: Promise<Isolation> | undefined
  #isClosed = false

  constructor(options: ProcessEngineOptions) {
    this.#options = options
    void this.#takeUp()
  }

  async isolation(): Promise<IsolationLevel> {
    const { cutsNetwork, description, level } = await this.#probe()
    return { cutsNetwork, description, level }
  }

  async apply(desired: DesiredEnvironment): Promise<void> {
    await this.#link(desired.environment).call({ body: desired, method: 'PUT', path: '/desired' }, z.unknown())
  }

  async instances(environment: string): Promise<readonly EngineInstance[]> {
    const link = this.#link(environment)
    if (!link.isConnected && !link.isWanted) return []
    return link.call({ method: 'GET', path: '/instances' }, instancesSchema)
  }

  watch(environment: string, signal: AbortSignal): AsyncIterable<readonly EngineInstance[]> {
    return this.#link(environment).watch(signal)
  }

  async *run(job: JobSpec, signal: AbortSignal, streams: JobStreams = {}): AsyncGenerator<JobLine, JobResult> {
    const cancel = (): Promise<void> => this.cancel(job.environment, job.id)
    const { runtime } = this.#options.layout.home
    const offered = await offerStreams(job, streams, { onFailure: () => void cancel().catch(() => undefined), runtime })
    if (!offered) return yield* this.#follow({ job }, signal)
    let hasEnded = false
    try {
      const result = yield* this.#follow({ job, sockets: offered.sockets }, signal)
      hasEnded = true
      signal.addEventListener('abort', offered.close, { once: true })
      await offered.drained()
      return result
    } finally {
      signal.removeEventListener('abort', offered.close)
      // Before its input is cut, which it would take for the end.
      if (!hasEnded) await cancel().catch(() => undefined)
      offered.close()
    }
  }

  async *#follow(request: JobRequest, signal: AbortSignal): AsyncGenerator<JobLine, JobResult> {
    const link = this.#link(request.job.environment)
    for (let seen = 0; ; link.reportLost()) {
      signal.throwIfAborted()
      await link.connect()
      // When the keeper is lost on the way, the one that comes back knows the job.
      const lines = attachJob(link.socket, request, { seen, signal })
      let next = await lines.next()
      for (; !next.done; next = await lines.next(), seen++) yield next.value
      if (next.value) return next.value
    }
  }

  async cancel(environment: string, job: string): Promise<void> {
    if (!existsSync(this.#options.layout.keeper(environment))) return
    const path = `/jobs/${encodeURIComponent(job)}/cancel`
    await this.#link(environment).call({ method: 'POST', path }, z.unknown())
  }

  async session(request: SessionRequest): Promise<{ socket: string; path: string }> {
    const instance = await this.#pickInstance(request)
    const query = new URLSearchParams({ instance: instance.id, release: instance.release, tty: String(request.tty) })
    const { columns, command, rows, term, variables } = request
    if (command) query.set('command', JSON.stringify(command))
    if (variables) query.set('variables', JSON.stringify(variables))
    for (const [name, value] of Object.entries({ columns, rows, term }))
      if (value !== undefined) query.set(name, String(value))
    return { path: `/sessions?${query.toString()}`, socket: this.#link(request.environment).socket }
  }

  freeze(environment: string, options: FreezeOptions): Promise<Frozen> {
    return freezeThrough(this.#link(environment), options)
  }

  async volumes(environment: string): Promise<readonly Volume[]> {
    if (!existsSync(this.#options.layout.volumes(environment))) return []
    return this.#link(environment).call({ method: 'GET', path: '/volumes' }, volumesSchema)
  }

  async removeVolumes(environment: string, names: readonly string[]): Promise<void> {
    if (!existsSync(this.#options.layout.volumes(environment))) return
    await this.#link(environment).call({ body: { names }, method: 'POST', path: '/volumes/remove' }, z.unknown())
  }

  async sharesCopies(): Promise<boolean> {
    return canClone(this.#options.layout.home.data)
  }

  async copyVolumes({ from, to, volumes }: VolumeCopy): Promise<void> {
    await this.#link(to).call({ body: { from, volumes }, method: 'POST', path: '/volumes/copy' }, z.unknown())
  }

  logDirectory(environment: string): string {
    return this.#options.layout.logs(environment)
  }

  async stopAll(): Promise<void> {
    const { layout } = this.#options
    const names = await readdir(join(layout.home.data, 'environments')).catch(() => [])
    await Promise.all(names.map(name => this.#endKeeper(name)))
  }

  async remove(environment: string): Promise<void> {
    const { layout } = this.#options
    try {
      if (existsSync(layout.environment(environment))) {
        // Also one that died: its successor ends what it left.
        await this.#link(environment).connect()
        await this.#endKeeper(environment)
      }
      await removeTree(layout.environment(environment))
    } finally {
      this.#links.delete(environment)
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true
    for (const link of this.#links.values()) link.close()
    this.#links.clear()
  }

  /** Its instances end with it, gracefully. None running succeeds. Its link stays, closed: a new one would bring it back. */
  async #endKeeper(environment: string): Promise<void> {
    const { clock, layout } = this.#options
    const link = this.#link(environment)
    link.close()
    await link.settled()
    const keeper = lockOwner(layout.keeper(environment))
    const isGone = (): boolean => keeper === undefined || !isAlive(keeper)
    if (isGone()) return
    await callKeeper(link.socket, { method: 'POST', path: '/shutdown' }, z.unknown()).catch(() => undefined)
    while (!isGone()) await clock.sleep(GONE_POLL_MS)
  }

  async #takeUp(): Promise<void> {
    const { layout } = this.#options
    await removeLeftSockets(layout.home.runtime).catch(() => undefined)
    const names = await readdir(join(layout.home.data, 'environments')).catch(() => [])
    for (const name of names) {
      if (this.#isClosed) return
      await this.#link(name).keepUp()
    }
  }

  /** The instance asked for, else one that is ready, of the release with the most traffic. @throws not-found.instance */
  async #pickInstance({ environment, instance, service }: SessionRequest): Promise<EngineInstance> {
    const running = (await this.instances(environment)).filter(({ pid }) => pid !== undefined)
    const candidates = running.filter(found => found.service === service && (!instance || found.id === instance))
    const found = candidates.find(({ state }) => state === 'ready') ?? (instance ? candidates[0] : undefined)
    if (found) return found
    const known = running.map(({ id }) => id).join(', ')
    throw new AppError('not-found.instance', `no instance of ${instance ?? service} is ready`, {
      details: { instance, running: running.map(({ id }) => id), service },
      suggestions: [known ? `These run: ${known}.` : 'Nothing runs in this environment: deploy to it first.'],
    })
  }

  #link(environment: string): KeeperLink {
    const known = this.#links.get(environment)
    if (known) return known
    const { clock, idleMs = IDLE_MS, layout, log, secrets, version } = this.#options
    const isolation = (): Promise<Isolation> => this.#probe()
    const link = new KeeperLink(environment, { clock, idleMs, isolation, layout, secrets, version }, log)
    this.#links.set(environment, link)
    return link
  }

  #probe(): Promise<Isolation> {
    this.#isolation ??= probeIsolation(this.#options.isolation)
    return this.#isolation
  }
}

/** The job's lines without the first `seen`, then its result; undefined when the keeper was lost before. */
async function* attachJob(
  socket: string,
  request: JobRequest,
  { seen, signal }: { readonly seen: number; readonly signal: AbortSignal },
): AsyncGenerator<JobLine, JobResult | undefined> {
  const path = `/jobs/${encodeURIComponent(request.job.id)}?after=${seen}`
  try {
    for await (const text of await streamKeeper(socket, { body: request, method: 'POST', path, signal })) {
      const event = jobEventSchema.parse(JSON.parse(text))
      if ('result' in event) return event.result
      yield event.line
    }
  } catch (error) {
    signal.throwIfAborted()
    if (toErrorDocument(error).code !== 'unavailable.keeper') throw error
  }
  return undefined
}
