import { createServer as createHttpServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { connect, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { onTestFinished } from 'vitest'
import type { KeyPair } from '../../../src/lib/platform/edge/node/certificates/issuing.ts'

export interface Listening {
  readonly server: Server
  readonly port: number
  /** What came in, in order. */
  readonly requests: readonly IncomingMessage[]
}

export interface ServeOptions {
  readonly tls?: KeyPair
  readonly host?: string
}

/** A server on loopback that ends with the test, connections included. */
export async function serve(
  listener: RequestListener,
  { host = '127.0.0.1', tls }: ServeOptions = {},
): Promise<Listening> {
  const requests: IncomingMessage[] = []
  const listen: RequestListener = (request, response) => {
    requests.push(request)
    listener(request, response)
  }
  const server = tls ? createHttpsServer({ cert: tls.certificate, key: tls.key }, listen) : createHttpServer(listen)
  return { port: await listenOn(server, host), requests, server }
}

async function listenOn(server: Server, host: string): Promise<number> {
  const sockets = new Set<Duplex>()
  server.on('connection', (socket: Socket) => sockets.add(socket.once('close', () => sockets.delete(socket))))
  await new Promise<void>(resolve => void server.listen(0, host, resolve))
  onTestFinished(() => {
    server.close()
    for (const socket of sockets) socket.destroy()
  })
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- of a TCP server that listens
  return (server.address() as AddressInfo).port
}

export interface ProxyOptions {
  readonly tls?: KeyPair
  /** `user:password` that is asked for. */
  readonly credentials?: string
  /** Status with which every tunnel is refused. */
  readonly refuses?: number
  /** Accepts tunnels and never answers. */
  readonly hangs?: boolean
}

export interface Proxy {
  readonly url: string
  /** `CONNECT host:port` and `GET http://…`, in order. */
  readonly seen: readonly string[]
}

/** An HTTP proxy that reaches every host on 127.0.0.1, whatever its name. */
export async function serveProxy({ credentials, hangs, refuses, tls }: ProxyOptions = {}): Promise<Proxy> {
  const seen: string[] = []
  const isAllowed = ({ headers }: IncomingMessage): boolean =>
    credentials === undefined ||
    headers['proxy-authorization'] === `Basic ${Buffer.from(credentials).toString('base64')}`
  const { port, server } = await serve(
    (request, response) => {
      seen.push(`${request.method} ${request.url}`)
      if (!isAllowed(request)) return void response.writeHead(407, { 'proxy-authenticate': 'Basic' }).end()
      const target = new URL(request.url ?? '')
      response.end(`from the proxy for ${target.host}${target.pathname}`)
    },
    tls ? { tls } : {},
  )
  server.on('connect', (request: IncomingMessage, client: Duplex) => {
    seen.push(`CONNECT ${request.url}`)
    client.on('error', () => undefined)
    if (hangs) return
    if (refuses !== undefined) return void client.end(`HTTP/1.1 ${refuses} No\r\ncontent-length: 0\r\n\r\n`)
    if (!isAllowed(request))
      return void client.end('HTTP/1.1 407 No\r\nproxy-authenticate: Basic\r\ncontent-length: 0\r\n\r\n')
    const upstream = connect(Number(request.url?.split(':').at(-1)), '127.0.0.1', () => {
      client.write('HTTP/1.1 200 OK\r\n\r\n')
      client.pipe(upstream).pipe(client)
    })
    upstream.on('error', () => client.destroy())
    client.on('close', () => upstream.destroy())
  })
  return { seen, url: `${tls ? 'https' : 'http'}://127.0.0.1:${port}` }
}
