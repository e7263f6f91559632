import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http'
import { onTestFinished } from 'vitest'
import { type RawData, WebSocketServer } from 'ws'

export interface Upstream {
  readonly address: string
  readonly server: Server
  /** Requests that came. */
  readonly requests: IncomingMessage[]
  /** Ends it as a crash does. */
  kill(): void
}

/** A real HTTP server on 127.0.0.1 (or a socket); WebSockets are echoed with its name. */
export async function startUpstream(
  name: string,
  listener: RequestListener = (_request, response) => void response.end(name),
  where: { port?: number; socket?: string } = {},
): Promise<Upstream> {
  const requests: IncomingMessage[] = []
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    requests.push(request)
    listener(request, response)
  })
  const webSockets = new WebSocketServer({ server })
  webSockets.on('connection', socket => socket.on('message', data => socket.send(`${name}: ${textOf(data)}`)))
  await new Promise<void>(resolve => {
    if (where.socket) server.listen(where.socket, resolve)
    else server.listen(where.port ?? 0, '127.0.0.1', resolve)
  })
  const kill = (): void => {
    for (const client of webSockets.clients) client.terminate()
    server.close()
    server.closeAllConnections()
  }
  onTestFinished(kill)
  const address = server.address()
  if (typeof address === 'object' && address) return { address: `127.0.0.1:${address.port}`, kill, requests, server }
  return { address: `unix:${where.socket}`, kill, requests, server }
}

export function textOf(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString()
  return data instanceof ArrayBuffer ? Buffer.from(data).toString() : data.toString()
}
