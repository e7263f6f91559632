import { isIP } from 'node:net'
import type { Exchange } from './exchange.ts'
import { type CompiledSite, hostName, type SiteTable } from './site-table.ts'

/**
 * The site that a request is for. On a port of its own any name of this machine will do, but a stranger's will not: a
 * page from elsewhere could make its own name point here (DNS rebinding).
 */
export function findSite(
  table: SiteTable,
  { entrance, request }: Pick<Exchange, 'entrance' | 'request'>,
): CompiledSite | 'misdirected' | undefined {
  const host = hostName(request.headers.host)
  if (!entrance.dedicated) return table.byHost(host)
  const site = table.byPort(entrance.port)
  const isOurs = isIP(host) !== 0 || host === 'localhost' || host.endsWith('.localhost') || table.byHost(host)
  return site && (isOurs ? site : 'misdirected')
}
