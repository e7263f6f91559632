import { parse as parseCookies } from 'node:querystring'
import type { Clock } from '../../../core/clock.ts'
import type { Endpoint } from './endpoints.ts'
import type { Exchange } from './exchange.ts'
import { tokenOf } from './balancer.ts'
import type { HoldGate } from './hold-gate.ts'
import { answerPage } from './pages.ts'
import { type Attempt, isIdempotent } from './proxy.ts'
import type { CompiledUpstream } from './site-table.ts'

/** How long a request waits for an endpoint while all of them refuse: an instance may be restarting. */
const PATIENCE_MS = 2000
const PROBE_INTERVAL_MS = 50
/** Failures that are not refusals may be the request's own fault: it is not tried forever. */
const MAX_BROKEN_ATTEMPTS = 3
const STICKY_COOKIE = 'aloft_endpoint'

export interface Forwarding {
  /** Where the request goes as the configuration is now; undefined when its site or route is gone. */
  readonly upstream: () => CompiledUpstream | undefined
  readonly attempt: (exchange: Exchange, endpoint: Endpoint, cookie?: string) => Promise<Attempt>
}

/** Brings requests to an endpoint that answers. */
export class Forwarder {
  readonly #clock: Clock
  readonly #gate: HoldGate

  constructor(options: { clock: Clock; gate: HoldGate }) {
    this.#clock = options.clock
    this.#gate = options.gate
  }

  /** Resolves when the response is over. */
  async forward(exchange: Exchange, { attempt, upstream }: Forwarding): Promise<void> {
    const deadline = this.#clock.now() + PATIENCE_MS
    const tried = new Set<Endpoint>()
    for (let broken = 0; broken < MAX_BROKEN_ATTEMPTS;) {
      const current = upstream()
      const endpoint = current && (await this.choose(upstream, { deadline, exchange, tried }))
      if (!endpoint) return answerUnavailable(exchange, upstream()?.spec.service)
      const leave = endpoint.enter()
      exchange.served.address = endpoint.address
      const result = await attempt(exchange, endpoint, stickyCookie(exchange, endpoint, current)).finally(leave)
      if (result.kind === 'done') return endpoint.succeeded()
      endpoint.failed()
      tried.add(endpoint)
      if (exchange.signal.aborted) return
      if (!mayRepeat(exchange, result)) break
      if (!result.refused) broken++
    }
    answerPage(exchange.response, 502, { text: `${serviceOf(upstream())} broke off the connection.` })
    await exchange.closed
  }

  /** Waits for one until the deadline. Undefined when there is none, or the client is gone. */
  async choose(
    upstream: () => CompiledUpstream | undefined,
    { deadline, exchange, tried }: { deadline: number; exchange: Exchange; tried: Set<Endpoint> },
  ): Promise<Endpoint | undefined> {
    const wanted = cookieOf(exchange)
    for (;;) {
      const current = upstream()
      const endpoint = current?.balancer.choose(tried, current.spec.sticky ? wanted : undefined)
      if (!current || endpoint || exchange.signal.aborted) return endpoint
      const revived = await firstAccepting(current.balancer.endpoints)
      if (revived) {
        tried.delete(revived)
        continue
      }
      const remaining = deadline - this.#clock.now()
      if (remaining <= 0) return undefined
      await this.#gate.change(Math.min(PROBE_INTERVAL_MS, remaining), exchange.signal)
    }
  }
}

async function firstAccepting(endpoints: readonly Endpoint[]): Promise<Endpoint | undefined> {
  const answers = await Promise.all(
    endpoints.map(async endpoint => ((await endpoint.accepts()) ? endpoint : undefined)),
  )
  return answers.find(endpoint => endpoint !== undefined)
}

/** Before the first byte of a response; a body that was begun to be sent is gone. */
function mayRepeat(exchange: Exchange, { refused }: { refused: boolean }): boolean {
  if (exchange.response.headersSent || exchange.bodyStarted) return false
  return refused || isIdempotent(exchange.request)
}

function answerUnavailable(exchange: Exchange, service: string | undefined): Promise<void> {
  const text = service === undefined ? 'Nothing is deployed here.' : `No instance of ${service} takes requests now.`
  answerPage(exchange.response, 503, { headers: { 'Retry-After': '2' }, text })
  return exchange.closed
}

function serviceOf(upstream: CompiledUpstream | undefined): string {
  return upstream ? `The service ${upstream.spec.service}` : 'The service'
}

function cookieOf({ request }: Exchange): string | undefined {
  const value = parseCookies(request.headers.cookie ?? '', '; ')[STICKY_COOKIE]
  return typeof value === 'string' ? value : undefined
}

/** Undefined when none is wanted, or the client has it already. */
function stickyCookie(exchange: Exchange, endpoint: Endpoint, upstream: CompiledUpstream): string | undefined {
  const token = tokenOf(endpoint.address)
  if (!upstream.spec.sticky || cookieOf(exchange) === token) return undefined
  const secure = exchange.entrance.scheme === 'https' ? '; Secure' : ''
  return `${STICKY_COOKIE}=${token}; Path=/; HttpOnly; SameSite=Lax${secure}`
}
