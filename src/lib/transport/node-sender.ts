import type { Agent, IncomingMessage, RequestOptions } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { TunnelOptions } from './proxy-agent.ts'
import type { Route } from './route.ts'
import { ConnectTimeout, flattenHeaders, type Incoming, type Outgoing, ProxyRefusal, type Sender } from './sender.ts'

/** Over `node:http` and `node:https`, HTTP/1.1: what loads fastest. Connections that are idle keep no process alive. */
export function createNodeSender(routeTo: (url: URL) => Promise<Route>): Sender {
  const agents = new Map<string, Agent>()
  return {
    async send(request) {
      // no name for TLS: looking for one, Node compiles a regular expression, which takes longer than the call
      if (request.socketPath !== undefined) return send(request, { servername: '', socketPath: request.socketPath })
      const route = await routeTo(request.url)
      if (route.proxy === undefined && route.certificates === undefined) return send(request, {})
      const key = `${request.url.protocol} ${route.proxy?.href}`
      let agent = agents.get(key)
      if (!agent) agents.set(key, (agent = await createAgent(request.url, route)))
      return send(request, { agent, ...withCertificates(route) })
    },
  }
}

/** The agent that reaches `url` over that route; WebSockets use it too. */
export async function createAgent({ protocol }: URL, route: Route): Promise<Agent> {
  const options = { keepAlive: true, rejectUnauthorized: true, ...withCertificates(route) }
  if (route.proxy === undefined) {
    const { Agent: HttpAgent } = process.getBuiltinModule(isSecure(protocol) ? 'node:https' : 'node:http')
    return new HttpAgent(options)
  }
  const { createProxyAgent } = await import('./proxy-agent.ts')
  return createProxyAgent(protocol, route.proxy, options)
}

/** As options of a TLS connection. */
export function withCertificates({ certificates }: Route): { ca?: string[] } {
  return certificates ? { ca: [...certificates] } : {}
}

function isSecure(protocol: string): boolean {
  return protocol === 'https:' || protocol === 'wss:'
}

function send(
  request: Outgoing,
  connection: RequestOptions & { ca?: string[]; servername?: string },
): Promise<Incoming> {
  const { body, connectTimeoutMs, headers, method, signal, url } = request
  return new Promise((resolve, reject) => {
    // Not by `import`: that reads all exports, and getters of node:http load undici, which takes longer than most requests.
    const library = process.getBuiltinModule(isSecure(url.protocol) ? 'node:https' : 'node:http')
    const connecting = limitConnecting(signal, { reject, timeoutMs: connectTimeoutMs })
    const tunnel: TunnelOptions = { connecting: connecting.signal }
    const outgoing = library.request(url, {
      headers,
      method,
      rejectUnauthorized: true,
      signal,
      ...connection,
      ...tunnel,
    })
    outgoing.once('response', (response: IncomingMessage) => {
      resolve({ body: response, headers: flattenHeaders(response.headers), status: response.statusCode ?? 0 })
    })
    outgoing.on('error', reject)
    outgoing.once('close', connecting.done)
    outgoing.once('proxyConnect', ({ statusCode }: { statusCode?: number }) => {
      if (statusCode !== undefined && statusCode !== 200) outgoing.destroy(new ProxyRefusal(statusCode))
    })
    outgoing.once('socket', socket => {
      if (outgoing.reusedSocket || (!isSecure(url.protocol) && !socket.connecting)) connecting.done()
      else socket.once(isSecure(url.protocol) ? 'secureConnect' : 'connect', connecting.done)
    })
    if (typeof body === 'object' && !(body instanceof Uint8Array)) pipeline(Readable.from(body), outgoing).catch(reject)
    else outgoing.end(body)
  })
}

/** A request that has no socket yet does not notice that it was destroyed, so its end is told apart from it. */
function limitConnecting(
  signal: AbortSignal,
  { reject, timeoutMs }: { reject: (reason: unknown) => void; timeoutMs: number },
): { signal: AbortSignal; done: () => void } {
  const controller = new AbortController()
  const end = (reason: unknown): void => {
    controller.abort(reason)
    reject(reason)
  }
  const abort = (): void => end(signal.reason)
  const timer = setTimeout(() => end(new ConnectTimeout()), timeoutMs)
  signal.addEventListener('abort', abort, { once: true })
  return {
    done: () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', abort)
    },
    signal: controller.signal,
  }
}
