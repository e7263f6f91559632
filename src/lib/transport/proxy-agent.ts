import type { Agent } from 'node:http'
import { isIP } from 'node:net'
import { checkServerIdentity, type PeerCertificate } from 'node:tls'
import { HttpProxyAgent } from 'http-proxy-agent'
import { HttpsProxyAgent } from 'https-proxy-agent'

/** Options of a request that goes through one of these agents. */
export interface TunnelOptions {
  /** Closes the connection to the proxy when it aborts before the agent has handed it over. */
  readonly connecting?: AbortSignal
}

type ConnectOptions = Parameters<HttpsProxyAgent<string>['connect']>[1]

/** `http:` requests are handed to the proxy whole, everything else goes through a tunnel. */
export function createProxyAgent(
  protocol: string,
  proxy: URL,
  options: { ca?: string[]; keepAlive: boolean; rejectUnauthorized: boolean },
): Agent {
  if (protocol === 'http:') {
    const agent = new HttpProxyAgent(proxy, options)
    agent.connect = abortable(agent.connect.bind(agent), agent.connectOpts)
    return agent
  }
  const agent = new HttpsProxyAgent(proxy, options)
  agent.connect = abortable(agent.connect.bind(agent), agent.connectOpts)
  return agent
}

/** The libraries dial the proxy before they await anything, so each dial can get a signal of its own. */
function abortable<Request, Result>(
  connect: (request: Request, options: ConnectOptions) => Result,
  dialOptions: object,
): (request: Request, options: ConnectOptions & TunnelOptions) => Result {
  return (request, options) => {
    Object.assign(dialOptions, { signal: options.connecting })
    return connect(request, withIdentity(options))
  }
}

/** For an IP address the library names no host, and Node would look for `localhost` in the certificate. */
function withIdentity(options: ConnectOptions): ConnectOptions {
  const { host } = options
  if (!options.secureEndpoint || typeof host !== 'string' || isIP(host) === 0) return options
  return { ...options, checkServerIdentity: (_: string, peer: PeerCertificate) => checkServerIdentity(host, peer) }
}
