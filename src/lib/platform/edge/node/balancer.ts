import { createHash } from 'node:crypto'
import type { EdgeUpstream } from '../port.ts'
import type { Endpoint, EndpointRegistry } from './endpoints.ts'

interface Candidate {
  readonly endpoint: Endpoint
  readonly weight: number
  readonly token: string
  current: number
}

/** Chooses an endpoint for each request: smooth weighted round robin, or the one that the client's cookie names. */
export class Balancer {
  readonly endpoints: readonly Endpoint[]
  readonly #candidates: readonly Candidate[]

  constructor(upstream: EdgeUpstream, registry: EndpointRegistry) {
    this.#candidates = upstream.endpoints
      .filter(({ weight }) => weight > 0)
      .map(({ address, weight }) => ({ current: 0, endpoint: registry.get(address), token: tokenOf(address), weight }))
    this.endpoints = this.#candidates.map(({ endpoint }) => endpoint)
  }

  /** Undefined when all are passed over or were tried already. */
  choose(tried: ReadonlySet<Endpoint>, wanted?: string): Endpoint | undefined {
    const usable = this.#candidates.filter(({ endpoint }) => !endpoint.isPaused && !tried.has(endpoint))
    return (usable.find(({ token }) => token === wanted) ?? nextInTurn(usable))?.endpoint
  }
}

/** What stands for an endpoint in a cookie: says nothing about its address. */
export function tokenOf(address: string): string {
  return createHash('sha256').update(address).digest('base64url').slice(0, 12)
}

/** As nginx does it: the ones with larger weights come more often, but not in a row. */
function nextInTurn(usable: readonly Candidate[]): Candidate | undefined {
  let best: Candidate | undefined
  let total = 0
  for (const candidate of usable) {
    candidate.current += candidate.weight
    total += candidate.weight
    if (!best || candidate.current > best.current) best = candidate
  }
  if (best) best.current -= total
  return best
}
