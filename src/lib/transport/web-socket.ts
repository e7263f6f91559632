import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type ClientOptions, createWebSocketStream, WebSocket } from 'ws'
import { AppError } from '../core/errors.ts'
import { createId } from '../core/ids.ts'
import { REQUEST_ID_HEADER } from '../protocol/headers.ts'
import { type Address, describeAddress } from './address.ts'
import type { FailedCall } from './failure.ts'
import type { Network } from './network.ts'
import { createAgent, withCertificates } from './node-sender.ts'
import type { TunnelOptions } from './proxy-agent.ts'
import { readText } from './response.ts'
import { ConnectTimeout, ProxyRefusal } from './sender.ts'

export interface SocketRequest {
  /** With the query. */
  readonly path: string
  readonly protocol: string
  readonly signal: AbortSignal
}

/** Until the server has taken the connection over. */
const HANDSHAKE_TIMEOUT_MS = 30_000
const MAX_REFUSAL_BYTES = 64 * 1024

/**
 * Opens a WebSocket; resolves once it is open, paused so that nothing is lost until somebody listens. No compression: it costs more than it saves (lines are batched).
 * @throws the error that a refused upgrade's body describes; what `exchange` throws when there is no connection
 */
export async function openWebSocket(address: Address, request: SocketRequest): Promise<WebSocket> {
  const call: FailedCall = { address, connectTimeoutMs: HANDSHAKE_TIMEOUT_MS, requestId: createId('req') }
  request.signal.throwIfAborted()
  const trace = await address.network.trace()
  try {
    await trace?.opens(address, request.path, call.requestId)
    const socket = await connect(call, request)
    trace?.socket(`${request.path} is open (${call.requestId})`)
    socket.once('close', code => trace?.socket(`${request.path} closed with code ${code} (${call.requestId})`))
    return socket
  } catch (cause) {
    request.signal.throwIfAborted()
    trace?.socket(`${request.path} was refused (${call.requestId}): ${String(cause)}`)
    const { explainFailure } = await import('./failure.ts')
    throw await explainFailure(cause, call, { isNetwork: true })
  }
}

async function connect(call: FailedCall, { path, protocol, signal }: SocketRequest): Promise<WebSocket> {
  const { address } = call
  const { network, token } = address
  const headers = {
    [REQUEST_ID_HEADER]: call.requestId,
    ...(token ? { authorization: `Bearer ${token()}` } : {}),
  }
  network.redaction.learnFrom(headers, undefined)
  const url = socketUrl(address, path)
  const { agent, ...trust } = address.socketPath === undefined ? await connectionOptions(new URL(url), network) : {}
  const connecting = new AbortController()
  const tunnel: TunnelOptions = { connecting: connecting.signal }
  const options: ClientOptions = { ...trust, ...tunnel, ...(agent ? { agent } : {}), headers, perMessageDeflate: false, skipUTF8Validation: true } // prettier-ignore
  const socket = new WebSocket(url, protocol, options)
  return new Promise((resolve, reject) => {
    const end = (reason: unknown): void => {
      reject(reason)
      connecting.abort(reason)
      socket.terminate()
    }
    const abort = (): void => end(signal.reason)
    const timer = setTimeout(() => end(new ConnectTimeout()), HANDSHAKE_TIMEOUT_MS)
    signal.addEventListener('abort', abort, { once: true })
    agent?.once('proxyConnect', ({ statusCode }: { statusCode: number }) => {
      if (statusCode !== 200) end(new ProxyRefusal(statusCode))
    })
    const release = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', abort)
    }
    socket.once('close', release)
    socket.once('upgrade', ({ headers: answered }) => noteId(call, answered))
    socket.once('open', () => {
      clearTimeout(timer)
      socket.pause()
      resolve(socket)
    })
    socket.once('unexpected-response', (_request, response) => {
      noteId(call, response.headers)
      // the library closes nothing here
      readRefusal(address, response).finally(release).then(reject, reject)
    })
    socket.on('error', reject)
  })
}

function noteId(call: FailedCall, headers: IncomingHttpHeaders): void {
  const id = headers[REQUEST_ID_HEADER]
  if (typeof id === 'string') call.requestId = id
}

async function readRefusal(address: Address, response: IncomingMessage): Promise<Error> {
  const { statusCode: status = 500 } = response
  const text = await readText({ address, body: response, headers: {}, requestId: '', status }, MAX_REFUSAL_BYTES)
  const { toAppError } = await import('./error-body.ts')
  return toAppError(status, text, describeAddress(address))
}

/** Through the proxy and with the authorities that requests use. */
async function connectionOptions(
  url: URL,
  network: Network,
): Promise<Pick<ClientOptions, 'agent' | 'ca' | 'rejectUnauthorized'>> {
  const route = await network.route(url)
  if (route.proxy === undefined && route.certificates === undefined) return { rejectUnauthorized: true }
  return { agent: await createAgent(url, route), ...withCertificates(route), rejectUnauthorized: true }
}

function socketUrl({ socketPath, url }: Address, path: string): string {
  if (socketPath !== undefined) return `ws+unix:${socketPath}:${path}`
  return new URL(path, url.replace(/^http/, 'ws')).toString()
}

/** A connection whose messages are the bytes of a stream. @throws as `openWebSocket` */
export async function openByteStream(address: Address, request: SocketRequest): Promise<Duplex> {
  return createWebSocketStream(await openWebSocket(address, request))
}

/**
 * The messages of a socket as they come. A slow consumer pauses the socket: memory does not grow. Ends when the server
 * closes with 1000. @throws unavailable.stream when the connection is lost before that
 */
export async function* readMessages(socket: WebSocket, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const queue: Uint8Array[] = []
  let wake: (() => void) | undefined
  let closed: number | undefined
  socket.on('message', (data: Buffer) => {
    queue.push(data)
    socket.pause()
    wake?.()
  })
  socket.once('close', code => {
    closed = code
    wake?.()
  })
  try {
    for (;;) {
      const next = queue.shift()
      if (next) yield next
      else if (closed !== undefined) break
      else {
        socket.resume()
        await new Promise<void>(resolve => {
          wake = resolve
        })
      }
    }
  } finally {
    socket.terminate()
  }
  signal.throwIfAborted()
  if (closed !== 1000) throw new AppError('unavailable.stream', `the stream was cut (close code ${closed})`)
}
