import type { RedirectSpec } from '../../../config/environment-spec.ts'
import { pathSuffix } from './paths.ts'
import { toPattern } from './pattern.ts'

export interface Redirection {
  readonly location: string
  readonly code: number
}

export interface RedirectRule {
  /** Undefined when the path is not concerned. `query` with its `?`, or empty. */
  match(path: string, query: string): Redirection | undefined
}

/** One entry of `redirects.paths` (docs.platform.sh, "Redirects"). */
export function redirectRule(spec: RedirectSpec): RedirectRule {
  if (spec.regexp) {
    const pattern = toPattern(spec.path)
    return {
      match(path, query) {
        const found = pattern.exec(path)
        if (!found) return undefined
        const to = spec.to.replaceAll(/\$(\d)/g, (_, group: string) => found[Number(group)] ?? '')
        return { code: spec.code, location: withQuery(to, query) }
      },
    }
  }
  return {
    match(path, query) {
      const suffix = pathSuffix(spec.path, path)
      if (suffix === undefined || (!spec.prefix && suffix.replace('/', '') !== '')) return undefined
      const to = spec.prefix && spec.appendSuffix ? joinSuffix(spec.to, suffix) : spec.to
      return { code: spec.code, location: withQuery(to, query) }
    },
  }
}

/** A whole route that leads elsewhere: what follows the route's path is kept. */
export function routeRedirection(target: { to: string; code: number }, suffix: string, query: string): Redirection {
  return { code: target.code, location: withQuery(joinSuffix(target.to, suffix), query) }
}

/** The edge's own port is added where an address names a host that it serves, and no port. */
export function withEdgePort(
  location: string,
  serves: (host: string) => boolean,
  ports: { readonly http: number; readonly https: number },
): string {
  const match = /^(https?):\/\/([^/?#:]+)(.*)$/is.exec(location)
  const [, scheme = '', host = '', rest = ''] = match ?? []
  if (!match || rest.startsWith(':') || !serves(host.toLowerCase())) return location
  return `${scheme}://${host}:${scheme.toLowerCase() === 'https' ? ports.https : ports.http}${rest}`
}

function joinSuffix(to: string, suffix: string): string {
  if (suffix === '' || suffix === '/') return to
  return to.endsWith('/') ? to + suffix.slice(1) : to + suffix
}

function withQuery(to: string, query: string): string {
  return query === '' || to.includes('?') ? to : to + query
}
