import { request } from 'node:http'
import { connect } from 'node:net'
import type { ProbeSpec } from '../../../../config/environment-spec.ts'

/** Where an instance listens. */
export type Endpoint = { readonly host: string; readonly port: number } | { readonly socketPath: string }

export interface ProbeTarget {
  readonly endpoint: () => Endpoint | undefined
  /** The port that the configuration names: probes on it go to the endpoint, whatever port that has. */
  readonly expectedPort: number | undefined
  /** True when the command exits with 0 in time. */
  readonly exec: (command: readonly string[], timeoutMs: number) => Promise<boolean>
}

/** One look, never throws: HTTP 200 to 399, a TCP connection, or exit code 0 (kubernetes.io, "Configure Probes"). */
export async function checkOnce(probe: ProbeSpec, target: ProbeTarget): Promise<boolean> {
  const { check, timeoutMs } = probe
  if (check.kind === 'exec') return target.exec(check.command, timeoutMs)
  const endpoint = endpointOf(check, target)
  if (!endpoint) return false
  return check.kind === 'http' ? checkHttp(endpoint, check.path, timeoutMs) : checkTcp(endpoint, timeoutMs)
}

export function checkTcp(endpoint: Endpoint, timeoutMs: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket =
      'socketPath' in endpoint ? connect(endpoint.socketPath) : connect(endpoint.port, bareHost(endpoint.host))
    const end = (isOpen: boolean): void => {
      socket.destroy()
      resolve(isOpen)
    }
    socket.setTimeout(timeoutMs, () => end(false))
    socket.once('connect', () => end(true))
    socket.once('error', () => end(false))
  })
}

/** As the edge is told: `127.0.0.1:PORT` or `unix:/path`. */
export function formatEndpoint(endpoint: Endpoint): string {
  return 'socketPath' in endpoint ? `unix:${endpoint.socketPath}` : `${endpoint.host}:${endpoint.port}`
}

function checkHttp(endpoint: Endpoint, path: string, timeoutMs: number): Promise<boolean> {
  return new Promise(resolve => {
    const place = 'host' in endpoint ? { ...endpoint, host: bareHost(endpoint.host) } : endpoint
    const options = { ...place, agent: false, headers: { 'user-agent': 'aloft-probe' }, path }
    const signal = AbortSignal.timeout(timeoutMs)
    const sent = request({ ...options, signal }, response => {
      const { statusCode = 0 } = response
      response.destroy()
      resolve(statusCode >= 200 && statusCode < 400)
    })
    sent.once('error', () => resolve(false))
    sent.end()
  })
}

function endpointOf(
  { host, port }: { readonly host?: string | undefined; readonly port?: number | undefined },
  { endpoint, expectedPort }: ProbeTarget,
): Endpoint | undefined {
  if (port === undefined || (host === undefined && port === expectedPort)) return endpoint()
  return { host: host ?? '127.0.0.1', port }
}

/** Node takes an IPv6 address without brackets. */
function bareHost(host: string): string {
  return host.replaceAll(/[[\]]/g, '')
}
