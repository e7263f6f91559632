import { ServerResponse, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { Clock } from '../../../core/clock.ts'
import { createExchange, type Entrance, type Exchange } from './exchange.ts'
import type { Endpoint } from './endpoints.ts'
import { findSite } from './find-site.ts'
import { prepareRequestHeaders } from './forwarded-headers.ts'
import type { UpgradeRequest } from './proxy.ts'
import type { HandlerDeps } from './request-handler.ts'
import type { CompiledSite } from './site-table.ts'

const PATIENCE_MS = 2000
/** A close frame of the server: 1001, going away (RFC 6455, 5.5.1 and 7.4.1). */
const GOING_AWAY = Buffer.from([0x88, 0x02, 0x03, 0xe9])

/** Passes a WebSocket through. Never throws; resolves when it is closed. */
export async function handleUpgrade(
  deps: HandlerDeps & { readonly clock: Clock },
  incoming: UpgradeRequest,
  entrance: Entrance,
): Promise<void> {
  const { request, socket } = incoming
  // First of all: an error without a listener would end the process.
  socket.on('error', () => undefined)
  const exchange = createExchange(request, responseOf(incoming), entrance)
  try {
    const found = findSite(deps.table(), exchange)
    if (!found || found === 'misdirected') {
      refuse(socket, 404)
      return
    }
    const startedAt = performance.now()
    const status = await connectThrough(deps, incoming, exchange)
    deps.accessLogs.append(found.spec.accessLog.directory, {
      durationMs: performance.now() - startedAt,
      instance: exchange.served.instance,
      method: 'GET',
      path: exchange.path,
      sentBytes: socket.bytesWritten,
      service: exchange.served.service,
      status,
    })
  } catch (error) {
    deps.log.error({ error: String(error), path: exchange.path, request: exchange.id }, 'an upgrade failed')
    socket.destroy()
  }
}

async function connectThrough(
  deps: HandlerDeps & { readonly clock: Clock },
  incoming: UpgradeRequest,
  exchange: Exchange,
): Promise<number> {
  const { request, socket } = incoming
  const current = (): CompiledSite | undefined => {
    const site = findSite(deps.table(), exchange)
    return site === 'misdirected' ? undefined : site
  }
  const passed = await deps.gate.pass(() => current()?.spec, exchange.signal)
  if (passed === 'gone') return 499
  if (passed !== 'go' || current()?.spec.closed !== undefined) return refuse(socket, 503)
  const upstream = () => current()?.route(exchange.path)?.upstream
  const endpoint = await acceptingEndpoint(deps, exchange, upstream)
  const spec = upstream()?.spec
  if (!spec || spec.protocol !== 'http') return refuse(socket, 404)
  exchange.served.service = spec.service
  if (!endpoint) return refuse(socket, exchange.signal.aborted ? 499 : 503)
  exchange.served.instance = spec.endpoints.find(({ address }) => address === endpoint.address)?.instance
  prepareRequestHeaders(request, exchange)
  request.url = exchange.path + exchange.query
  return passThrough(deps, incoming, endpoint)
}

/** A handshake cannot be repeated once it was handed on, so the endpoint is asked first. */
async function acceptingEndpoint(
  { clock, forwarder }: HandlerDeps & { readonly clock: Clock },
  exchange: Exchange,
  upstream: Parameters<HandlerDeps['forwarder']['choose']>[0],
): Promise<Endpoint | undefined> {
  const deadline = clock.now() + PATIENCE_MS
  const tried = new Set<Endpoint>()
  for (;;) {
    const endpoint = await forwarder.choose(upstream, { deadline, exchange, tried })
    if (!endpoint || (await endpoint.accepts())) return endpoint
    endpoint.failed()
    tried.add(endpoint)
  }
}

async function passThrough({ proxy }: HandlerDeps, incoming: UpgradeRequest, endpoint: Endpoint): Promise<number> {
  const { socket } = incoming
  const leave = endpoint.enter()
  let close: (() => void) | undefined
  let status = 502
  try {
    await proxy.upgrade(incoming, endpoint, upstream => {
      status = 101
      close = () => {
        upstream.unpipe(socket)
        socket.end(GOING_AWAY)
        upstream.destroy()
      }
      endpoint.webSockets.add(close)
    })
  } finally {
    if (close) endpoint.webSockets.delete(close)
    leave()
  }
  return status
}

/** Gives `createExchange` a response to watch: upgrades come without one. */
function responseOf({ request, socket }: UpgradeRequest): ServerResponse {
  const response = new ServerResponse(request)
  socket.once('close', () => response.emit('close'))
  return response
}

function refuse(socket: Socket, status: number): number {
  if (!socket.destroyed) {
    socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
    socket.destroySoon()
  }
  return status
}
