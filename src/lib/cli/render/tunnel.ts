import type { TunnelEvent } from '../results/tunnel-event.ts'

/** A name and a value a line. */
export function renderTunnel({ connections, host, port, service, serviceType }: TunnelEvent): string {
  const several = connections.length > 1
  const lines = [
    ['service', `${service} (${serviceType})`],
    ['address', `${host}:${port}`],
    ...connections.flatMap(({ database, endpoint, password, url, username }) => [
      ...(several ? [['endpoint', endpoint]] : []),
      ...(username === undefined ? [] : [['user', username]]),
      ...(password === undefined ? [] : [['password', password]]),
      ...(database === undefined ? [] : [['database', database]]),
      ['url', url],
    ]),
  ]
  return lines.map(line => `${line.join('\t')}\n`).join('')
}
