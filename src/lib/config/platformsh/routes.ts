import * as z from 'zod/mini'
import { didYouMean } from '../document/nearest.ts'
import { addProblem, addUnsupported, reportKeys, type Section, subsection } from '../document/section.ts'
import { strict, validate } from '../document/validate.ts'
import type { RedirectSpec, RouteSpec } from '../environment-spec.ts'
import { anything, flag, text } from '../shared/fields.ts'
import { ROUTE_EFFECTS } from './effects.ts'

const code = z.literal([301, 302, 307, 308])

/** docs.platform.sh, "Define routes". */
const routeSchema = strict({
  attributes: z.nullish(anything),
  cache: z.nullish(anything),
  http_access: z.nullish(anything),
  id: z.nullish(text),
  primary: z.nullish(flag),
  redirects: z.nullish(
    strict({
      expires: z.nullish(anything),
      paths: z.nullish(
        z.record(
          z.string(),
          strict({
            append_suffix: z.nullish(flag),
            code: z.nullish(code),
            expires: z.nullish(anything),
            prefix: z.nullish(flag),
            regexp: z.nullish(flag),
            to: text,
          }),
        ),
      ),
    }),
  ),
  restrict_robots: z.nullish(flag),
  ssi: z.nullish(anything),
  sticky: z.nullish(strict({ enabled: z.nullish(flag) })),
  tls: z.nullish(anything),
  to: z.nullish(text),
  type: z.enum(['upstream', 'redirect', 'proxy']),
  upstream: z.nullish(text),
})
type RouteInput = z.output<typeof routeSchema>

export interface RouteTargets {
  /** Names of all applications, also of those that have problems. */
  readonly applications: readonly string[]
  readonly services: readonly string[]
}

interface Address {
  readonly scheme: 'http' | 'https'
  readonly host: string
  readonly path: string
}

/** The routes of a map URL -> route, both schemes of an address joined where they lead to the same place. */
export function toRoutes(section: Section, targets: RouteTargets): RouteSpec[] {
  if (section.node.kind !== 'map') {
    addProblem(section, [], { message: 'must be a map of addresses, e.g. "https://{default}/"' })
    return []
  }
  const routes = new Map<string, RouteSpec>()
  for (const url of section.node.entries.keys()) {
    const address = readAddress(url)
    if (!address) {
      addProblem(section, [url], {
        message: 'is no address; expected e.g. "https://{default}/" or "http://www.{default}/path"',
      })
      continue
    }
    const key = `${address.scheme}://${address.host}${address.path}`
    if (routes.has(key)) addProblem(section, [url], { message: 'this address is there twice' })
    const own = subsection(section, url)
    const target = own && readRoute(own, targets)
    if (target) routes.set(key, { ...target, ...address })
  }
  return joinSchemes(routes)
}

/** The only application behind the environment's own address, where the file has no routes. */
export function defaultRoute(application: string, scheme: RouteSpec['scheme']): RouteSpec {
  return {
    host: '{default}',
    path: '/',
    primary: true,
    redirects: [],
    scheme,
    sticky: false,
    target: { application, kind: 'application' },
  }
}

function readAddress(url: string): Address | undefined {
  const match = /^(https?):\/\/((?:\*\.)?[a-z0-9.{}-]+)(\/[^\s?#]*)?$/i.exec(url)
  if (!match) return undefined
  const host = (match[2] ?? '').toLowerCase()
  if (!/^(\*\.)?([a-z0-9-]+\.)*(\{default\}|\{all\}|[a-z0-9-]+)$/.test(host)) return undefined
  return { host, path: match[3] ?? '/', scheme: match[1]?.toLowerCase() === 'https' ? 'https' : 'http' }
}

function readRoute(section: Section, targets: RouteTargets): Omit<RouteSpec, 'scheme' | 'host' | 'path'> | undefined {
  const route = validate(routeSchema, section)
  if (!route) return undefined
  reportKeys(section, ROUTE_EFFECTS)
  const target = readTarget(route, section, targets)
  if (!target) return undefined
  return {
    id: route.id ?? undefined,
    primary: route.primary ?? false,
    redirects: toRedirects(route),
    sticky: route.sticky?.enabled ?? false,
    target,
  }
}

function readTarget(route: RouteInput, section: Section, targets: RouteTargets): RouteSpec['target'] | undefined {
  if (route.type === 'proxy') {
    addUnsupported(section, ['type'], 'routes of type proxy')
    return undefined
  }
  if (route.type === 'redirect') {
    if (route.to) return { code: 301, kind: 'redirect', to: route.to }
    addProblem(section, [], { message: 'a redirect needs the key "to"' })
    return undefined
  }
  const name = route.upstream?.split(':', 1)[0]
  if (name === undefined || name === '')
    addProblem(section, [], { message: 'an upstream route needs the key "upstream", e.g. "app:http"' })
  else if (targets.applications.includes(name)) return { application: name, kind: 'application' }
  else if (targets.services.includes(name)) addUnsupported(section, ['upstream'], `a route to the service ${name}`)
  else
    addProblem(section, ['upstream'], {
      allowed: targets.applications,
      message: `there is no application "${name}"${didYouMean(name, targets.applications)} (applications: ${targets.applications.join(', ')})`,
    })
  return undefined
}

function toRedirects(route: RouteInput): RedirectSpec[] {
  return Object.entries(route.redirects?.paths ?? {}).map(([path, redirect]) => ({
    appendSuffix: redirect.append_suffix ?? true,
    code: redirect.code ?? 302,
    path,
    prefix: redirect.prefix ?? true,
    regexp: redirect.regexp ?? false,
    to: redirect.to,
  }))
}

/**
 * Only https: plain requests are redirected, so a plain route that says just that adds nothing. Only http: https is served
 * as well. Both to the same place: both schemes (docs.platform.sh, "HTTPS").
 */
function joinSchemes(routes: ReadonlyMap<string, RouteSpec>): RouteSpec[] {
  const result: RouteSpec[] = []
  for (const [key, route] of routes) {
    const secure = route.scheme === 'http' ? routes.get(key.replace('http:', 'https:')) : undefined
    const plain = route.scheme === 'https' ? routes.get(key.replace('https:', 'http:')) : undefined
    if (secure && (isSame(secure, route) || isUpgrade(route))) continue
    if (route.scheme === 'http') result.push(secure ? route : { ...route, scheme: 'both' })
    else
      result.push(
        plain && isSame(plain, route) ? { ...route, primary: route.primary || plain.primary, scheme: 'both' } : route,
      )
  }
  return result
}

function isSame(a: RouteSpec, b: RouteSpec): boolean {
  return JSON.stringify(a.target) === JSON.stringify(b.target)
}

function isUpgrade({ host, path, target }: RouteSpec): boolean {
  return target.kind === 'redirect' && target.to.replace(/\/$/, '') === `https://${host}${path}`.replace(/\/$/, '')
}
