import { createHash } from 'node:crypto'
import getPort, { portNumbers } from 'get-port'
import type { RouteSpec } from '../../config/environment-spec.ts'
import type { Store } from '../store/port.ts'
import type { Place } from './deployments.ts'
import { isLiteralHost, localHost } from './hosts.ts'

/** Below Linux's ephemeral ports (ip_local_port_range begins at 32768), above what is usually taken. */
const PORTS = { first: 20_000, last: 29_999 } as const

/** Gives the environment a host, and a port of its own, for each host pattern of its routes that has none yet. Repeatable. */
export async function assignHosts(store: Store, place: Place, routes: readonly RouteSpec[]): Promise<void> {
  const { environment, project } = place
  const owned = store.hosts.list(environment.id)
  for (const pattern of new Set(routes.map(({ host }) => host))) {
    if (owned.some(host => host.pattern === pattern)) continue
    const isTaken = (host: string): boolean => store.hosts.find(host) !== undefined
    const host = localHost(pattern, { environment: environment.name, project: project.name }, isTaken)
    const port = host.startsWith('*.') ? undefined : await freePort(store, `${environment.id}/${pattern}`)
    store.hosts.assign({ environment: environment.id, host, pattern, port })
    if (isLiteralHost(pattern) && !isTaken(pattern))
      store.hosts.assign({ environment: environment.id, host: pattern, pattern })
  }
}

/** Where the search begins depends on the host, so that several platforms on one machine hardly ever want the same. */
function freePort(store: Store, key: string): Promise<number> {
  const assigned = store.hosts.list().flatMap(({ port }) => port ?? [])
  const begin = PORTS.first + (createHash('sha256').update(key).digest().readUInt16BE() % (PORTS.last - PORTS.first))
  const port = [...portNumbers(begin, PORTS.last), ...portNumbers(PORTS.first, begin)]
  return getPort({ exclude: assigned, host: '127.0.0.1', port })
}
