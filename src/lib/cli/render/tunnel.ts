import { printFacts } from '../output/print-table.ts'
import type { TunnelEvent } from '../results/tunnel-event.ts'
import type { Layout } from './layout.ts'

/** A name and a value a line. */
export function renderTunnel({ connections, host, port, service, serviceType }: TunnelEvent, layout: Layout): string {
  const several = connections.length > 1
  const facts: (readonly [name: string, value: string | undefined])[] = [
    ['service', `${service} (${serviceType})`],
    ['address', `${host}:${port}`],
  ]
  for (const { database, endpoint, password, url, username } of connections) {
    if (several) facts.push(['endpoint', endpoint])
    facts.push(['user', username], ['password', password], ['database', database], ['url', url])
  }
  const values = facts.map(([, value]) => value ?? '')
  return printFacts(
    { columns: facts.map(([name]) => name), flexible: [], places: [], rows: [{ exact: values, shown: values }] },
    layout,
  )
}
