import { createHash } from 'node:crypto'
import { WebSocket } from 'ws'
import type { Engine, SessionRequest } from '../../src/lib/platform/engine/port.ts'
import { decodeFrame, encodeClose, encodeData, type SessionStatus } from '../../src/lib/protocol/session-frames.ts'
import { ENV } from './process-engine.ts'
import { SESSION_PROTOCOL } from '../../src/lib/protocol/streams.ts'

export interface SessionClient {
  readonly socket: WebSocket
  readonly status: Promise<SessionStatus>
  stdout(): string
  stderr(): string
  /** Waits for the transport where it is slow. */
  write(data: Uint8Array): Promise<void>
  endInput(): void
  /** SHA-256 of all bytes of stdout so far. */
  digest(): string
}

export async function openSession(engine: Engine, request: Partial<SessionRequest>): Promise<SessionClient> {
  const { path, socket: address } = await engine.session({
    environment: ENV,
    service: 'web',
    tty: false,
    ...request,
  })
  const socket = new WebSocket(`ws+unix:${address}:${path}`, SESSION_PROTOCOL, { perMessageDeflate: false })
  const { promise: status, reject, resolve } = Promise.withResolvers<SessionStatus>()
  let [stdout, stderr] = ['', '']
  const hash = createHash('sha256')
  socket.on('message', (message: Buffer) => {
    const frame = decodeFrame(message)
    if (frame.kind === 'stdout') {
      hash.update(frame.data)
      if (stdout.length < 65_536) stdout += Buffer.from(frame.data).toString()
    } else if (frame.kind === 'stderr') stderr += Buffer.from(frame.data).toString()
    else if (frame.kind === 'status') resolve(frame.status)
  })
  socket.on('close', code => reject(new Error(`closed with ${code} before a status`)))
  status.catch(() => undefined)
  await new Promise((opened, failed) => {
    socket.once('open', opened)
    socket.once('error', failed)
  })
  return {
    digest: () => hash.copy().digest('hex'),
    endInput: () => socket.send(encodeClose('stdin')),
    socket,
    status,
    stderr: () => stderr,
    stdout: () => stdout,
    write: data =>
      new Promise((sent, failed) => socket.send(encodeData('stdin', data), error => (error ? failed(error) : sent()))),
  }
}
