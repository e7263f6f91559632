import type { LaunchSpec } from '../../port.ts'
import { type Listener, listenersOf } from '../ports.ts'
import { descendants } from '../process-tree.ts'
import { checkTcp, type Endpoint } from './probe-check.ts'

/** Another port than PORT counts when it has been open this long: PORT may still follow. */
const PATIENCE_MS = 2000
const TCP_TIMEOUT_MS = 1000

export interface EndpointOptions {
  readonly listen: LaunchSpec['listen']
  readonly port: number | undefined
  readonly socket: string | undefined
  readonly pid: number
  readonly now: () => number
  /** Told once when it listens elsewhere than it was asked to. */
  readonly onElsewhere: (port: number) => void
}

/** Where one run of an instance listens: where it was asked to, else wherever its processes do. */
export class EndpointFinder {
  readonly #options: EndpointOptions
  #current: Endpoint | undefined
  #other: { readonly port: number; readonly since: number } | undefined

  constructor(options: EndpointOptions) {
    const { port, socket } = options
    this.#options = options
    if (socket !== undefined) this.#current = { socketPath: socket }
    else if (port !== undefined) this.#current = { host: '127.0.0.1', port }
  }

  get current(): Endpoint | undefined {
    return this.#current
  }

  accepts(): Promise<boolean> {
    return this.#current ? checkTcp(this.#current, TCP_TIMEOUT_MS) : Promise.resolve(false)
  }

  async discover(): Promise<void> {
    const { pid, port } = this.#options
    if (port === undefined || (await this.accepts())) return
    const found = listenersOf(descendants(pid))
    const own = found.find(listener => listener.port === port)
    if (own) this.#current = own
    else this.#consider(found)
  }

  #consider(found: readonly Listener[]): void {
    const { listen, now, onElsewhere } = this.#options
    const expected = found.find(({ port }) => port === listen?.expectedPort)
    const candidate = expected ?? found[0]
    if (!candidate) return
    if (this.#other?.port !== candidate.port) this.#other = { port: candidate.port, since: now() }
    if (!expected && now() - this.#other.since < PATIENCE_MS) return
    this.#current = candidate
    onElsewhere(candidate.port)
  }
}
