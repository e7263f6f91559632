import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { LocationSpec } from '../../../src/lib/config/environment-spec.ts'
import { systemClock } from '../../../src/lib/core/clock.ts'
import { createNodeEdge } from '../../../src/lib/platform/edge/node/node-edge.ts'
import type { Edge, EdgeConfig, EdgeRoute, EdgeSite, EdgeUpstream } from '../../../src/lib/platform/edge/port.ts'
import { createLayout, type Layout } from '../../../src/lib/platform/layout.ts'
import { resolveHome } from '../../../src/lib/protocol/home.ts'

export const HOST = 'shop-main.localhost'

const silent = { error: () => undefined, info: () => undefined, warn: () => undefined }

/** A home of its own, removed after the test. */
export async function temporaryLayout(): Promise<Layout> {
  const root = await mkdtemp(join(tmpdir(), 'aloft-edge-'))
  onTestFinished(() => rm(root, { force: true, maxRetries: 5, recursive: true }))
  return createLayout(resolveHome({ ALOFT_HOME: root }))
}

/** An edge with a process of its own, ended after the test. */
export function nodeEdge(layout: Layout, options: { httpPort?: number; version?: string } = {}): Edge {
  const edge = createNodeEdge({ clock: systemClock, layout, log: silent, version: 'test', ...options })
  onTestFinished(() => edge.stop())
  return edge
}

export function upstream(addresses: readonly string[], rest: Partial<EdgeUpstream> = {}): EdgeUpstream {
  return {
    endpoints: addresses.map(address => ({ address, weight: 1 })),
    locations: {},
    protocol: 'http',
    service: 'web',
    sticky: false,
    ...rest,
  }
}

export function route(target: EdgeUpstream, path = '/', redirects: EdgeRoute['redirects'] = []): EdgeRoute {
  return { path, redirects, target: { kind: 'upstream', upstream: target } }
}

export function site(layout: Layout, routes: readonly EdgeRoute[], rest: Partial<EdgeSite> = {}): EdgeSite {
  return {
    accessLog: { directory: layout.logs('env-1') },
    environment: 'env-1',
    held: false,
    holdMs: 10_000,
    host: HOST,
    httpsOnly: false,
    routes,
    ...rest,
  }
}

export function location(rest: Partial<LocationSpec> = {}): LocationSpec {
  return { allow: true, expiresMs: -1, headers: {}, index: [], passthru: false, rules: {}, scripts: true, ...rest }
}

let generation = 0

export function config(...sites: readonly EdgeSite[]): EdgeConfig {
  return { generation: ++generation, sites }
}
