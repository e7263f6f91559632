import { join } from 'node:path'
import type { ApplicationSpec, RouteSpec } from '../../config/environment-spec.ts'
import type { EdgeEndpoint, EdgeMount, EdgeRoute, EdgeSite, EdgeUpstream } from '../edge/port.ts'
import { volumeDirectory } from '../engine/process/isolation/mounts.ts'
import type { Layout } from '../layout.ts'
import type { AssignedHost } from './hosts.ts'
import type { StoredRelease } from './release.ts'

export interface SiteInput {
  readonly release: StoredRelease
  readonly hosts: readonly AssignedHost[]
  /** Service -> addresses that take traffic. */
  readonly endpoints: ReadonlyMap<string, readonly EdgeEndpoint[]>
  readonly layout: Layout
  /** Longest time a request may wait while held, ms. */
  readonly holdMs: number
  readonly held: boolean
  readonly heldUntil?: number | undefined
}

/** What the edge should serve for a release. Pure. */
export function releaseSites(input: SiteInput): EdgeSite[] {
  const { hosts, layout, release } = input
  return hosts.map(({ host, pattern, port }) => {
    const routes = release.spec.routes.filter(route => route.host === pattern)
    return {
      accessLog: { directory: layout.logs(release.environment.id) },
      environment: release.environment.id,
      held: input.held,
      heldUntil: input.heldUntil,
      holdMs: input.holdMs,
      host,
      httpsOnly: routes.every(({ scheme }) => scheme === 'https'),
      port,
      routes: routes.flatMap(route => edgeRoute(route, input)),
    }
  })
}

/** Addresses to show, the primary one first. */
export function releaseUrls(
  routes: readonly RouteSpec[],
  hosts: readonly AssignedHost[],
  ports: { readonly http: number; readonly https: number },
): string[] {
  const urls = routes
    .toSorted((a, b) => Number(b.primary) - Number(a.primary))
    .flatMap(route =>
      hosts
        .filter(({ host, pattern }) => pattern === route.host && !host.startsWith('*.'))
        .map(assigned => ({ assigned, route })),
    )
  const named = urls.map(({ assigned: { host }, route: { path, scheme } }) =>
    scheme === 'https' ? `https://${host}:${ports.https}${path}` : `http://${host}:${ports.http}${path}`,
  )
  const numbered = urls.flatMap(({ assigned: { port }, route: { path } }) =>
    port === undefined ? [] : [`http://127.0.0.1:${port}${path}`],
  )
  return [...new Set([...named, ...numbered])]
}

function edgeRoute(route: RouteSpec, input: SiteInput): EdgeRoute[] {
  const { path, target } = route
  const redirects = route.redirects.map(redirect => ({ ...redirect, to: redirectUrl(redirect.to, input) }))
  if (target.kind === 'redirect')
    return [{ path, redirects, target: { code: target.code, kind: 'redirect', to: redirectUrl(target.to, input) } }]
  const application = input.release.spec.applications.find(({ name }) => name === target.application)
  if (!application?.deploy) return []
  return [{ path, redirects, target: { kind: 'upstream', upstream: upstream(application, route, input) } }]
}

function upstream(
  application: ApplicationSpec,
  route: RouteSpec,
  { endpoints, layout, release }: SiteInput,
): EdgeUpstream {
  const build = release.builds[application.name]
  return {
    endpoints: endpoints.get(application.name) ?? [],
    filesRoot: build ? join(layout.artifacts, build.id, 'app') : undefined,
    locations: application.web?.locations ?? {},
    mounts: mounts(application, release.environment.id, layout),
    protocol: application.web?.protocol ?? 'http',
    service: application.name,
    sticky: route.sticky,
  }
}

/** What an instance has for itself alone is not served from disk: there is no telling whose it should be. */
function mounts({ mounts: all }: ApplicationSpec, environment: string, layout: Layout): EdgeMount[] {
  return all
    .filter(({ source }) => source === 'shared')
    .map(mount => ({ directory: volumeDirectory(layout, environment, { instance: '', mount }), path: mount.path }))
}

/** `https://www.{default}/x` with the host that this environment has for that pattern. */
function redirectUrl(to: string, { hosts }: SiteInput): string {
  const match = /^(https?:\/\/)([^/]+)(.*)$/.exec(to)
  if (!match) return to
  const [, scheme = '', pattern = '', rest = ''] = match
  const found = hosts.find(assigned => assigned.pattern === pattern)
  return found ? `${scheme}${found.host}${rest}` : to
}
