import type { IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import { type Duplex, pipeline } from 'node:stream'
import { createWebSocketStream, type WebSocket, WebSocketServer } from 'ws'
import { toErrorDocument, AppError } from '../../core/errors.ts'
import { createId } from '../../core/ids.ts'
import type { Access } from '../../protocol/access.ts'
import { REQUEST_ID_HEADER } from '../../protocol/headers.ts'
import { LOG_PROTOCOL, TUNNEL_PROTOCOL } from '../../protocol/streams.ts'
import type { AuditedCall } from '../audit/audit-log.ts'
import type { Authenticator, Entrance, Principal } from './authentication.ts'
import { authorize } from './authorization.ts'
import type { PathParams } from './handlers.ts'
import { statusOf } from './statuses.ts'

export interface UpgradeRequest {
  readonly params: PathParams
  readonly query: Readonly<Record<string, string>>
  readonly principal: Principal
}

/**
 * What an upgraded connection carries: batches of log lines, the bytes of a stream, or a splice to the socket that speaks for
 * a session.
 */
export type UpgradeAnswer =
  | { readonly kind: 'bytes'; readonly stream: Duplex }
  | { readonly kind: 'batches'; readonly open: (signal: AbortSignal) => AsyncIterable<Uint8Array> }
  | { readonly kind: 'splice'; readonly socket: string; readonly path: string }

export interface UpgradeRoute {
  /** `:name` is a parameter. */
  readonly path: string
  readonly access: Access
  /** It is about no project by name: `answer` looks whether a token of one project may have it. */
  readonly narrowed?: boolean
  /** Decides before the upgrade, so that a refusal is an ordinary HTTP error. */
  readonly answer: (request: UpgradeRequest) => Promise<UpgradeAnswer>
}

const HIGH_WATER_BYTES = 1024 * 1024

export interface UpgradeOptions {
  readonly routes: readonly UpgradeRoute[]
  readonly authenticate: Authenticator
  readonly entrance: Entrance
  /** Told of every request, refused ones included. */
  readonly audit: (call: AuditedCall) => void
}

/** Answers upgrade requests of one listener. */
export function createUpgradeHandler({ audit, authenticate, entrance, routes }: UpgradeOptions) {
  const patterns = routes.map(route => ({ pattern: toPattern(route.path), route }))
  const sockets = new WebSocketServer({
    handleProtocols: asked => (asked.has(TUNNEL_PROTOCOL) ? TUNNEL_PROTOCOL : LOG_PROTOCOL),
    noServer: true,
    perMessageDeflate: false,
  })
  return (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    socket.on('error', () => socket.destroy())
    let principal: Principal | undefined
    const record = (status: number, error?: string): void => {
      audit({ ...toAudited(request, principal), entrance, status, ...(error === undefined ? {} : { error }) })
    }
    const respond = async (): Promise<void> => {
      principal = authenticate(request.headers, entrance)
      const url = targetOf(request)
      const found = match(patterns, url.pathname)
      if (!found) throw new AppError('not-found.endpoint', `there is no stream at ${url.pathname}`)
      const { params, route } = found
      authorize(principal, { access: route.access, narrowed: route.narrowed, project: params.project || undefined })
      const answer = await route.answer({ params, principal, query: Object.fromEntries(url.searchParams) })
      record(101)
      if (answer.kind === 'splice') return splice(request, { head, socket }, answer)
      sockets.handleUpgrade(request, socket, head, client => {
        if (answer.kind === 'batches') void pump(client, answer.open)
        else join(createWebSocketStream(client), answer.stream)
      })
    }
    respond().catch((error: unknown) => {
      const { code } = toErrorDocument(error)
      record(statusOf(code), code)
      refuse(socket, error)
    })
  }
}

function toAudited(
  { headers, url = '/' }: IncomingMessage,
  principal: Principal | undefined,
): Pick<AuditedCall, 'call' | 'request' | 'token' | 'user'> {
  const given = headers[REQUEST_ID_HEADER]
  return {
    call: `GET ${url.split('?')[0]}`,
    request: typeof given === 'string' ? given : createId('req'),
    ...(principal?.token === undefined ? {} : { token: principal.token }),
    ...(principal ? { user: principal.user } : {}),
  }
}

/** @throws usage.request for a target that is no path, such as `//` */
function targetOf({ url = '/' }: IncomingMessage): URL {
  const target = URL.parse(url, 'http://platform')
  if (target) return target
  throw new AppError('usage.request', `"${url}" is no path`)
}

function decode(segment: string, path: string): string {
  try {
    return decodeURIComponent(segment)
  } catch (cause) {
    throw new AppError('usage.request', `"${path}" is no path`, { cause })
  }
}

/** Sends batch after batch, waiting while the client is slow; ends with close code 1000, or 1011 when reading failed. */
async function pump(client: WebSocket, open: (signal: AbortSignal) => AsyncIterable<Uint8Array>): Promise<void> {
  const gone = new AbortController()
  client.on('close', () => gone.abort())
  client.on('error', () => client.terminate())
  try {
    for await (const batch of open(gone.signal)) {
      if (gone.signal.aborted) return
      await send(client, batch)
    }
    client.close(1000)
  } catch (error) {
    if (!gone.signal.aborted) client.close(1011, toErrorDocument(error).message.slice(0, 100))
  }
}

/** Until one of them ends; then both do. */
function join(client: Duplex, stream: Duplex): void {
  pipeline(client, stream, client, () => {
    client.destroy()
    stream.destroy()
  })
}

function send(client: WebSocket, batch: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    const slow = client.bufferedAmount > HIGH_WATER_BYTES
    client.send(batch, { binary: false }, error => (error ? reject(error) : resolve()))
    if (!slow && client.bufferedAmount <= HIGH_WATER_BYTES) resolve()
  })
}

/** Hands the connection, bytes untouched, to the process that owns the session. */
function splice(
  request: IncomingMessage,
  client: { socket: Duplex; head: Buffer },
  { path, socket }: { path: string; socket: string },
): void {
  const upstream = connect(socket)
  upstream.once('error', cause => {
    if (upstream.bytesRead > 0) client.socket.destroy()
    else
      refuse(
        client.socket,
        new AppError('unavailable.keeper', 'the keeper of the environment does not answer', { cause }),
      )
  })
  upstream.once('connect', () => {
    const headers = request.rawHeaders.flatMap((name, index, all) =>
      index % 2 === 0 && !/^(host|authorization)$/i.test(name) ? [`${name}: ${all[index + 1]}`] : [],
    )
    upstream.write([`GET ${path} HTTP/1.1`, 'Host: keeper', ...headers, '', ''].join('\r\n'))
    upstream.write(client.head)
    upstream.pipe(client.socket)
    client.socket.pipe(upstream)
  })
  client.socket.on('close', () => upstream.destroy())
  upstream.on('close', () => client.socket.destroy())
}

function refuse(socket: Duplex, error: unknown): void {
  const document = toErrorDocument(error)
  const body = JSON.stringify({ error: document })
  socket.end(
    [
      `HTTP/1.1 ${statusOf(document.code)} Refused`,
      'Connection: close',
      'Content-Type: application/json',
      `Content-Length: ${Buffer.byteLength(body)}`,
      '',
      body,
    ].join('\r\n'),
  )
}

function toPattern(path: string): RegExp {
  return new RegExp(`^${path.replaceAll(/:(\w+)/g, '(?<$1>[^/]+)')}$`)
}

function match(
  patterns: readonly { pattern: RegExp; route: UpgradeRoute }[],
  path: string,
): { route: UpgradeRoute; params: PathParams } | undefined {
  for (const { pattern, route } of patterns) {
    const groups = pattern.exec(path)?.groups
    if (groups) {
      const part = (name: keyof PathParams): string => decode(groups[name] ?? '', path)
      return {
        params: {
          activity: part('activity'),
          backup: '',
          environment: part('environment'),
          project: part('project'),
          token: '',
        },
        route,
      }
    }
  }
  return undefined
}
