import { WebSocket } from 'ws'
import { AppError } from '../core/errors.ts'
import { type Address, describeAddress } from './address.ts'

export interface SocketRequest {
  /** With the query. */
  readonly path: string
  readonly protocol: string
  readonly signal: AbortSignal
}

/**
 * Opens a WebSocket; resolves once it is open, paused so that nothing is lost until somebody listens. No compression: it costs more than it saves (lines are batched).
 * @throws the error that a refused upgrade's body describes; unavailable.network
 */
export function openWebSocket(address: Address, { path, protocol, signal }: SocketRequest): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted()
    const socket = new WebSocket(socketUrl(address, path), protocol, {
      headers: address.token ? { authorization: `Bearer ${address.token()}` } : {},
      perMessageDeflate: false,
      skipUTF8Validation: true,
    })
    const abort = (): void => socket.terminate()
    signal.addEventListener('abort', abort, { once: true })
    socket.once('close', () => signal.removeEventListener('abort', abort))
    socket.once('open', () => {
      socket.pause()
      resolve(socket)
    })
    socket.once('unexpected-response', (_request, response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', chunk => (text += String(chunk)))
      response.on('end', () => {
        import('./error-body.ts').then(
          ({ toAppError }) => reject(toAppError(response, text, describeAddress(address))),
          reject,
        )
      })
    })
    socket.on('error', cause => {
      reject(
        signal.aborted
          ? signal.reason
          : new AppError('unavailable.network', `${describeAddress(address)} cannot be reached`, { cause }),
      )
    })
  })
}

function socketUrl({ socketPath, url }: Address, path: string): string {
  if (socketPath !== undefined) return `ws+unix:${socketPath}:${path}`
  return new URL(path, url.replace(/^http/, 'ws')).toString()
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
