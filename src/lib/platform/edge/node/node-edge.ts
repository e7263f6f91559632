import type { Clock } from '../../../core/clock.ts'
import { AppError, isAppError } from '../../../core/errors.ts'
import { isAlive, type ProcessIdentity } from '../../engine/process/process-tree.ts'
import type { Layout } from '../../layout.ts'
import type { Edge, EdgeConfig, EdgeStatus } from '../port.ts'
import { type ControlClient, controlClient } from './control/client.ts'
import { edgeSocket, type Hello } from './control/protocol.ts'
import { readIdentity } from './identity-file.ts'
import type { EdgeLog } from './log.ts'
import { spawnEdge } from './spawn-edge.ts'

export interface NodeEdgeOptions {
  readonly layout: Layout
  readonly clock: Clock
  readonly log: EdgeLog
  /** Of aloft: an edge of another version is replaced. */
  readonly version: string
  /** Exactly this port, or conflict.port-taken; absent: 8080, or the next that is free, the same ever after. */
  readonly httpPort?: number | undefined
  /** As `httpPort`, from 8443. */
  readonly httpsPort?: number | undefined
}

const HELLO_MS = 3000
const STOP_MS = 15_000
const KILL_MS = 5000
const FIRST_PAUSE_MS = 50
const LONGEST_PAUSE_MS = 1000
const ATTEMPTS = 4

/** The edge in a process of its own, written for Node. Starts nothing yet. */
export function createNodeEdge(options: NodeEdgeOptions): Edge {
  return new NodeEdge(options)
}

class NodeEdge implements Edge {
  readonly #options: NodeEdgeOptions
  readonly #client: ControlClient
  /** Aborts when we let go: no restart any more. */
  #letGo = new AbortController()
  #ensuring: Promise<void> | undefined
  #unwatch: (() => void) | undefined
  #config: EdgeConfig | undefined

  constructor(options: NodeEdgeOptions) {
    this.#options = options
    this.#client = controlClient(edgeSocket(options.layout))
  }

  async apply(config: EdgeConfig): Promise<EdgeStatus> {
    const status = await this.#call(client => client.apply(config))
    if (config.generation >= (this.#config?.generation ?? -1)) this.#config = config
    return status
  }

  status(): Promise<EdgeStatus> {
    return this.#call(client => client.status())
  }

  drain(addresses: readonly string[], timeoutMs: number): Promise<void> {
    return this.#call(client => client.drain(addresses, timeoutMs))
  }

  certificateAuthority(): Promise<string> {
    return this.#call(client => client.certificateAuthority())
  }

  async close(): Promise<void> {
    this.#letGo.abort()
    await this.#ensuring?.catch(() => undefined)
    this.#release()
  }

  async stop(): Promise<void> {
    await this.close()
    const running = await this.#client.hello(HELLO_MS).catch(() => readIdentity(this.#options.layout.edge))
    if (running && isAlive(running)) await this.#end(running)
  }

  /** Calls the edge, again when it died meanwhile. */
  async #call<T>(call: (client: ControlClient) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      await this.#ensure()
      try {
        return await call(this.#client)
      } catch (error) {
        if (!isAppError(error) || error.code !== 'unavailable.edge' || attempt >= ATTEMPTS) throw error
        this.#release()
      }
    }
  }

  #ensure(): Promise<void> {
    if (this.#unwatch) return Promise.resolve()
    if (this.#letGo.signal.aborted) this.#letGo = new AbortController()
    this.#ensuring ??= this.#takeBackOrStart().finally(() => (this.#ensuring = undefined))
    return this.#ensuring
  }

  async #takeBackOrStart(): Promise<void> {
    const { layout, log } = this.#options
    const found = await this.#client.hello(HELLO_MS).catch(() => undefined)
    if (found && (await this.#isOurs(found))) return this.#watch()
    const running = found ?? (await readIdentity(layout.edge))
    if (running && isAlive(running)) {
      log.info({ pid: running.pid, version: running.version }, 'replacing the edge')
      if (found) await this.#end(running)
      else await this.#kill(running)
    }
    await spawnEdge(this.#options)
    await this.#watch()
    const status = await this.#client.status()
    if (this.#config && status.generation !== this.#config.generation) await this.#client.apply(this.#config)
    log.info({ ...status }, 'the edge was started')
  }

  /** Of this version, the process it says it is, on the ports that are wanted. */
  async #isOurs(hello: Hello): Promise<boolean> {
    const { httpPort, httpsPort, version } = this.#options
    if (hello.version !== version || !isAlive(hello)) return false
    // one that answers what we cannot read is another one, whatever its version says
    const status = await this.#client.status().catch(() => undefined)
    if (status === undefined) return false
    return (httpPort ?? status.httpPort) === status.httpPort && (httpsPort ?? status.httpsPort) === status.httpsPort
  }

  async #watch(): Promise<void> {
    this.#unwatch = await this.#client.watch(() => {
      this.#unwatch = undefined
      this.#options.log.warn({}, 'the edge is gone; starting it again')
      void this.#restart()
    })
  }

  async #restart(): Promise<void> {
    const { clock, log } = this.#options
    const { signal } = this.#letGo
    for (let pause = FIRST_PAUSE_MS; !signal.aborted; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
      try {
        return await this.#ensure()
      } catch (error) {
        log.error({ error: String(error) }, 'the edge could not be started again')
        await clock.sleep(pause, signal).catch(() => undefined)
      }
    }
  }

  #release(): void {
    this.#unwatch?.()
    this.#unwatch = undefined
  }

  async #end(running: ProcessIdentity): Promise<void> {
    await this.#client.stop().catch(() => undefined)
    if (!(await this.#ended(running, STOP_MS))) await this.#kill(running)
  }

  /** It holds the ports but does not answer. */
  async #kill(running: ProcessIdentity): Promise<void> {
    process.kill(running.pid, 'SIGKILL')
    if (!(await this.#ended(running, KILL_MS)))
      throw new AppError('unavailable.edge', `The edge (process ${running.pid}) does not end`)
  }

  async #ended(running: ProcessIdentity, withinMs: number): Promise<boolean> {
    const { clock } = this.#options
    for (const deadline = clock.now() + withinMs; isAlive(running); await clock.sleep(10))
      if (clock.now() > deadline) return false
    return true
  }
}
