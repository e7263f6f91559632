import type { EdgeConfig, EdgeRoute, EdgeSite, EdgeUpstream } from '../port.ts'
import { Balancer } from './balancer.ts'
import type { EndpointRegistry } from './endpoints.ts'
import { compileLocations, type CompiledLocation } from './locations.ts'
import { pathSuffix } from './paths.ts'
import { redirectRule, type RedirectRule } from './redirects.ts'

/** A configuration made ready for requests. Immutable: a new one takes its place as a whole. */
export interface SiteTable {
  readonly config: EdgeConfig
  /** Every address that it names. */
  readonly addresses: ReadonlySet<string>
  /** The exact host, else the wildcard with the longest suffix. In lower case, without port. */
  byHost(host: string): CompiledSite | undefined
  byPort(port: number): CompiledSite | undefined
}

export interface CompiledSite {
  readonly spec: EdgeSite
  /** The route with the longest path that matches, at segment boundaries. */
  route(path: string): CompiledRoute | undefined
}

export interface CompiledRoute {
  readonly spec: EdgeRoute
  readonly redirects: readonly RedirectRule[]
  readonly upstream?: CompiledUpstream
}

export interface CompiledUpstream {
  readonly spec: EdgeUpstream
  readonly balancer: Balancer
  readonly locations: readonly CompiledLocation[]
}

/** Pure, but for the endpoints that it adds to the registry. */
export function compileSites(config: EdgeConfig, registry: EndpointRegistry): SiteTable {
  const sites = config.sites.map(spec => compileSite(spec, registry))
  const byHost = new Map(sites.map(site => [site.spec.host.toLowerCase(), site]))
  const byPort = new Map(sites.flatMap(site => (site.spec.port === undefined ? [] : [[site.spec.port, site] as const])))
  return {
    addresses: new Set(config.sites.flatMap(addressesOf)),
    byHost: host => byHost.get(host) ?? byWildcard(byHost, host),
    byPort: port => byPort.get(port),
    config,
  }
}

/** The host of a `Host` header: lower case, without port and final dot. */
export function hostName(header: string | undefined): string {
  return (header ?? '').toLowerCase().replace(/:\d*$/, '').replace(/\.$/, '')
}

function byWildcard(sites: ReadonlyMap<string, CompiledSite>, host: string): CompiledSite | undefined {
  for (let dot = host.indexOf('.'); dot !== -1; dot = host.indexOf('.', dot + 1)) {
    const site = sites.get(`*${host.slice(dot)}`)
    if (site) return site
  }
  return undefined
}

function compileSite(spec: EdgeSite, registry: EndpointRegistry): CompiledSite {
  const routes = spec.routes
    .map(route => compileRoute(route, registry))
    .toSorted((a, b) => b.spec.path.length - a.spec.path.length)
  return { route: path => routes.find(route => pathSuffix(route.spec.path, path) !== undefined), spec }
}

function compileRoute(spec: EdgeRoute, registry: EndpointRegistry): CompiledRoute {
  const redirects = spec.redirects
    .toSorted((a, b) => Number(a.regexp) - Number(b.regexp) || b.path.length - a.path.length)
    .map(redirectRule)
  if (spec.target.kind === 'redirect') return { redirects, spec }
  const { upstream } = spec.target
  return {
    redirects,
    spec,
    upstream: {
      balancer: new Balancer(upstream, registry),
      locations: compileLocations(upstream.locations),
      spec: upstream,
    },
  }
}

function addressesOf(site: EdgeSite): string[] {
  return site.routes.flatMap(({ target }) =>
    target.kind === 'upstream' ? target.upstream.endpoints.map(({ address }) => address) : [],
  )
}
