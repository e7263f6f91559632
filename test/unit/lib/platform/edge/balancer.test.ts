import { expect, it } from 'vitest'
import type { Clock } from '../../../../../src/lib/core/clock.ts'
import { Balancer, tokenOf } from '../../../../../src/lib/platform/edge/node/balancer.ts'
import { EndpointRegistry } from '../../../../../src/lib/platform/edge/node/endpoints.ts'

function balancer(weights: Readonly<Record<string, number>>) {
  let now = 0
  const clock: Clock = { now: () => now, sleep: () => Promise.resolve() }
  const registry = new EndpointRegistry(clock)
  const endpoints = Object.entries(weights).map(([address, weight]) => ({ address, weight }))
  const chosen = new Balancer({ endpoints, locations: {}, protocol: 'http', service: 'web', sticky: false }, registry)
  return { advance: (ms: number) => (now += ms), balancer: chosen, registry }
}

const [A, B] = ['127.0.0.1:1', '127.0.0.1:2']

it('spreads by weight without runs', () => {
  const { balancer: b } = balancer({ [A]: 1, [B]: 3 })
  expect(Array.from({ length: 8 }, () => b.choose(new Set())?.address)).toEqual([B, A, B, B, B, A, B, B])
})

it('passes a failed endpoint over, longer each time up to 5 s', () => {
  const { advance, balancer: b, registry } = balancer({ [A]: 1 })
  const endpoint = registry.get(A)
  for (const pauseMs of [1000, 2000, 4000, 5000, 5000]) {
    endpoint.failed()
    advance(pauseMs - 1)
    expect(b.choose(new Set())).toBeUndefined()
    advance(1)
    expect(b.choose(new Set())).toBe(endpoint)
  }
  endpoint.succeeded()
  endpoint.failed()
  advance(1000)
  expect(b.choose(new Set())).toBe(endpoint)
})

it('prefers the endpoint that the cookie names, while it is usable', () => {
  const { balancer: b, registry } = balancer({ [A]: 1, [B]: 1 })
  for (let i = 0; i < 3; i++) expect(b.choose(new Set(), tokenOf(B))?.address).toBe(B)
  registry.get(B).failed()
  expect(b.choose(new Set(), tokenOf(B))?.address).toBe(A)
})
