import { connect, type Socket } from 'node:net'
import type { Clock } from '../../../core/clock.ts'

/** An endpoint that failed is passed over this long; doubled with each failure that follows, up to the second number. */
const FIRST_PAUSE_MS = 1000
const LONGEST_PAUSE_MS = 5000
const PROBE_TIMEOUT_MS = 1000

export type EndpointTarget = { readonly host: string; readonly port: number } | { readonly path: string }

/** One address as the edge knows it: what is under way there, and whether it answered last. */
export class Endpoint {
  readonly address: string
  readonly target: EndpointTarget
  /** Closes of the WebSockets that go there. */
  readonly webSockets = new Set<() => void>()
  inFlight = 0
  readonly #clock: Clock
  #failures = 0
  #pausedUntil = 0
  #idleWaiters: (() => void)[] = []

  constructor(address: string, clock: Clock) {
    this.address = address
    this.target = toTarget(address)
    this.#clock = clock
  }

  get isPaused(): boolean {
    return this.#pausedUntil > this.#clock.now()
  }

  succeeded(): void {
    this.#failures = 0
    this.#pausedUntil = 0
  }

  failed(): void {
    this.#pausedUntil = this.#clock.now() + Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.#failures)
    this.#failures = Math.min(this.#failures + 1, 8)
  }

  /** Counts a request; call the result once when it is over. */
  enter(): () => void {
    this.inFlight++
    return () => {
      this.inFlight--
      if (this.inFlight === 0) for (const wake of this.#idleWaiters.splice(0)) wake()
    }
  }

  whenIdle(): Promise<void> {
    if (this.inFlight === 0) return Promise.resolve()
    return new Promise(resolve => this.#idleWaiters.push(resolve))
  }

  /** True when it takes a connection now. Never throws. */
  async accepts(): Promise<boolean> {
    const accepted = await probe(this.target)
    if (accepted) this.succeeded()
    return accepted
  }
}

/** All addresses in use, over all sites and all configurations. */
export class EndpointRegistry {
  readonly #clock: Clock
  readonly #endpoints = new Map<string, Endpoint>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get(address: string): Endpoint {
    const known = this.#endpoints.get(address) ?? new Endpoint(address, this.#clock)
    this.#endpoints.set(address, known)
    return known
  }

  find(address: string): Endpoint | undefined {
    return this.#endpoints.get(address)
  }

  /** Forgets what no configuration names and nothing uses any more. */
  prune(used: ReadonlySet<string>): void {
    for (const [address, endpoint] of this.#endpoints)
      if (!used.has(address) && endpoint.inFlight === 0) this.#endpoints.delete(address)
  }

  inFlight(): Record<string, number> {
    return Object.fromEntries(
      [...this.#endpoints.values()].filter(({ inFlight }) => inFlight > 0).map(e => [e.address, e.inFlight]),
    )
  }
}

function toTarget(address: string): EndpointTarget {
  if (address.startsWith('unix:')) return { path: address.slice('unix:'.length) }
  const colon = address.lastIndexOf(':')
  return { host: address.slice(0, colon), port: Number(address.slice(colon + 1)) }
}

function probe(target: EndpointTarget): Promise<boolean> {
  return new Promise(resolve => {
    const socket: Socket = connect(target)
    const settle = (accepted: boolean): void => {
      socket.destroy()
      resolve(accepted)
    }
    socket.setTimeout(PROBE_TIMEOUT_MS, () => settle(false))
    socket.once('connect', () => settle(true))
    socket.once('error', () => settle(false))
  })
}
