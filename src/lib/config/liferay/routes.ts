import type { RouteSpec } from '../environment-spec.ts'
import type { ServiceInput } from './schema.ts'

/** `<service>.{default}` for what has a load balancer, and its custom domains (learn.liferay.com, "Load Balancer"). */
export function toRoutes(name: string, { loadBalancer }: Pick<ServiceInput, 'loadBalancer'>): RouteSpec[] {
  if (!loadBalancer) return []
  const domains = [
    ...(loadBalancer.customDomains ?? []),
    ...(loadBalancer.certs ?? []).flatMap(({ customDomains }) => customDomains ?? []),
  ]
  return [`${name}.{default}`, ...new Set(domains.map(domain => domain.toLowerCase()))].map((host, index) => ({
    host,
    path: '/',
    primary: index === 0,
    redirects: [],
    scheme: 'both',
    sticky: false,
    target: { application: name, kind: 'application' },
  }))
}
