import { Agent, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { PassThrough, Readable } from 'node:stream'
import { ProxyServer } from 'http-proxy-3'
import type { Endpoint, EndpointTarget } from './endpoints.ts'
import type { Exchange } from './exchange.ts'
import { removeHopByHop } from './forwarded-headers.ts'

/** How an attempt at one endpoint ended. */
export type Attempt =
  /** The response is over, or the client is gone. */
  | { readonly kind: 'done' }
  /** Nothing of a response came. `refused`: the endpoint never saw the request. */
  | { readonly kind: 'failed'; readonly refused: boolean; readonly error: Error }

export interface UpgradeRequest {
  readonly request: IncomingMessage
  readonly socket: Socket
  readonly head: Buffer
}

interface Running {
  readonly exchange: Exchange
  readonly cookie: string | undefined
  readonly begin: () => void
  responded: boolean
}

const CONNECT_TIMEOUT_MS = 5000
const MAX_CONNECTIONS = 1024
const IDLE_MS = 30_000
const REFUSED: ReadonlySet<string> = new Set(['ECONNREFUSED', 'ENOENT', 'EACCES', 'ECONNECT_TIMEOUT', 'EAGAIN'])

/** Sends requests to endpoints that speak HTTP. */
export class Proxy {
  readonly #server = new ProxyServer({ connectTimeout: CONNECT_TIMEOUT_MS, toProxy: true })
  readonly #kept = new Agent({ keepAlive: true, maxFreeSockets: 64, maxSockets: MAX_CONNECTIONS, timeout: IDLE_MS })
  /** An application may close a kept connection just when a request is sent on it: what cannot be repeated gets a new one. */
  readonly #fresh = new Agent({ keepAlive: false, maxSockets: MAX_CONNECTIONS })
  readonly #running = new WeakMap<IncomingMessage, Running>()
  readonly #upgrades = new WeakMap<IncomingMessage, (upstream: Socket) => void>()

  constructor() {
    this.#server.before('web', 'timeout', keepChunked)
    this.#server.on('proxyReq', (outgoing, request) => {
      const begin = this.#running.get(request)?.begin
      if (!begin) return
      if (outgoing.socket?.connecting) outgoing.socket.once('connect', begin)
      else begin()
    })
    this.#server.on('proxyRes', (incoming, request, response) => this.#onResponse(incoming, request, response))
    this.#server.on('proxyReqWs', (outgoing, request) => {
      const opened = this.#upgrades.get(request)
      outgoing.once('upgrade', (_response, upstream: Socket) => opened?.(upstream))
    })
    // Each call has a callback for its errors; without a listener of ours the library would throw what is left.
    this.#server.on('error', () => undefined)
  }

  /** `cookie` is added to the response. */
  attempt(exchange: Exchange, endpoint: Endpoint, cookie?: string): Promise<Attempt> {
    const { request, response } = exchange
    const body = hasBody(request) ? new PassThrough() : Readable.from([])
    const isRepeatable = isIdempotent(request) && !hasBody(request)
    return new Promise(resolve => {
      const running: Running = {
        begin: () => {
          if (!(body instanceof PassThrough) || body.destroyed) return
          exchange.bodyStarted = true
          request.pipe(body)
        },
        cookie,
        exchange,
        responded: false,
      }
      this.#running.set(request, running)
      const onClose = (): void => {
        request.unpipe()
        resolve({ kind: 'done' })
      }
      response.once('close', onClose)
      this.#server.web(
        request,
        response,
        { agent: isRepeatable ? this.#kept : this.#fresh, buffer: body, target: toProxyTarget(endpoint.target) },
        error => {
          if (running.responded || response.destroyed) return
          response.off('close', onClose)
          body.destroy()
          resolve({ error, kind: 'failed', refused: isRefused(error) })
        },
      )
    })
  }

  /** Resolves when the connection is over. `onOpen` gets the application's side of it. */
  upgrade({ head, request, socket }: UpgradeRequest, endpoint: Endpoint, onOpen: (upstream: Socket) => void) {
    this.#upgrades.set(request, onOpen)
    return new Promise<void>(resolve => {
      socket.once('close', () => resolve())
      this.#server.ws(request, socket, head, { target: toProxyTarget(endpoint.target) }, () => undefined)
    })
  }

  close(): void {
    this.#kept.destroy()
    this.#fresh.destroy()
  }

  #onResponse(incoming: IncomingMessage, request: IncomingMessage, response: ServerResponse): void {
    const running = this.#running.get(request)
    if (!running) return
    running.responded = true
    const { headers } = incoming
    removeHopByHop(headers)
    headers.connection = response.shouldKeepAlive ? 'keep-alive' : 'close'
    headers['x-request-id'] = running.exchange.id
    if (running.cookie !== undefined) headers['set-cookie'] = [...(headers['set-cookie'] ?? []), running.cookie]
    // A response that breaks off has to break off for the client too, or it would take it for whole or wait forever.
    incoming.once('error', () => response.destroy())
    incoming.once('aborted', () => response.destroy())
  }
}

/** Methods that may be repeated without harm (RFC 9110, 9.2.2). */
export function isIdempotent({ method = '' }: IncomingMessage): boolean {
  return ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PUT', 'TRACE'].includes(method)
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
}

/**
 * http-proxy-3 takes it that DELETE and OPTIONS without a length have no body, and would send a chunked one behind
 * `Content-Length: 0`, where the application reads it as the next request.
 */
function keepChunked(request: IncomingMessage): void {
  const names = request.rawHeaders.filter((_, index) => index % 2 === 0).map(name => name.toLowerCase())
  if (!names.includes('transfer-encoding')) return
  delete request.headers['content-length']
  request.headers['transfer-encoding'] = 'chunked'
}

function toProxyTarget(target: EndpointTarget) {
  if ('path' in target) return { host: 'localhost', port: 80, protocol: 'http:', socketPath: target.path }
  return { ...target, protocol: 'http:' }
}

function isRefused(error: Error): boolean {
  return 'code' in error && typeof error.code === 'string' && REFUSED.has(error.code)
}
