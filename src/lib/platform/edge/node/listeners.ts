import { createServer, type IncomingMessage, type Server, type ServerOptions, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { Duplex } from 'node:stream'
import { Socket } from 'node:net'
import { callbackify } from 'node:util'
import type { SecureContext } from 'node:tls'
import { AppError } from '../../../core/errors.ts'
import type { Entrance } from './exchange.ts'
import type { UpgradeRequest } from './proxy.ts'

const HOST = '127.0.0.1'

/** Bounds for slow and malicious clients; bodies may be as large and responses as slow as they like. */
const LIMITS: ServerOptions = {
  connectionsCheckingInterval: 5000,
  headersTimeout: 20_000,
  // Longer than what clients and balancers in front use, so that they close first.
  keepAliveTimeout: 65_000,
  maxHeaderSize: 32 * 1024,
  noDelay: true,
  requestTimeout: 3_600_000,
}

export interface ListenerHandlers {
  readonly onRequest: (request: IncomingMessage, response: ServerResponse, entrance: Entrance) => void
  readonly onUpgrade: (upgrade: UpgradeRequest, entrance: Entrance) => void
  /** The certificate for a name that a client asks for. */
  readonly certificate: (serverName: string) => Promise<SecureContext>
  /** For clients that connect by address and name none. */
  readonly defaultCertificate: { readonly cert: string; readonly key: string }
}

export interface Listener {
  readonly port: number
  /** Takes no more connections; ends those that are idle at once and the rest when their response is over. */
  close(): void
  /** Ends every connection now. */
  terminate(): void
}

/** Listens on this port of 127.0.0.1. @throws conflict.port-taken */
export async function listen({ dedicated, port, scheme }: Entrance, handlers: ListenerHandlers): Promise<Listener> {
  const server = scheme === 'https' ? createSecureServer(handlers) : createServer(serverOptions())
  await bind(server, port)
  const entrance = { dedicated, port: portOf(server, port), scheme }
  server.on('request', (request: IncomingMessage, response: ServerResponse) =>
    handlers.onRequest(request, response, entrance),
  )
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (socket instanceof Socket) handlers.onUpgrade({ head, request, socket }, entrance)
    else socket.destroy()
  })
  server.on('clientError', refuse)
  return {
    close() {
      server.close()
      server.closeIdleConnections()
    },
    port: entrance.port,
    terminate: () => server.closeAllConnections(),
  }
}

function createSecureServer({ certificate, defaultCertificate }: ListenerHandlers): Server {
  const server = createTlsServer({
    ...serverOptions(),
    ...defaultCertificate,
    SNICallback: callbackify(certificate),
    minVersion: 'TLSv1.2',
  })
  server.on('tlsClientError', (_error, socket) => socket.destroy())
  return server
}

/** Only WebSockets are upgrades: `Upgrade: h2c`, which Java's client sends with every request, may be ignored (RFC 9110, 7.8). */
function serverOptions(): ServerOptions {
  return { ...LIMITS, shouldUpgradeCallback: ({ headers }) => headers.upgrade?.toLowerCase() === 'websocket' }
}

function bind(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(error.code === 'EADDRINUSE' || error.code === 'EACCES' ? portTaken(port, error) : error),
    )
    server.listen(port, HOST, () => {
      server.removeAllListeners('error')
      server.on('error', () => undefined)
      resolve()
    })
  })
}

function portTaken(port: number, cause: NodeJS.ErrnoException): AppError {
  const why = cause.code === 'EACCES' ? 'this user may not listen on it' : 'another program listens on it'
  return new AppError('conflict.port-taken', `Port ${port} on ${HOST} cannot be used: ${why}`, {
    cause,
    details: { host: HOST, port },
    suggestions: [`Stop the program that listens on port ${port}, or choose another port`],
  })
}

function portOf(server: Server, wanted: number): number {
  const address = server.address()
  return typeof address === 'object' && address ? address.port : wanted
}

const STATUS_BY_CODE: Readonly<Record<string, string>> = {
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: '413 Payload Too Large',
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
}

function refuse(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const status = STATUS_BY_CODE[error.code ?? ''] ?? '400 Bad Request'
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
}
