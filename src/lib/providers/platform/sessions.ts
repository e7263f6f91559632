import { Readable, Writable } from 'node:stream'
import type { WebSocket } from 'ws'
import { AppError } from '../../core/errors.ts'
import {
  decodeFrame,
  encodeClose,
  encodeData,
  encodeResize,
  encodeSignal,
  type SessionFrame,
} from '../../protocol/session-frames.ts'
import { SESSION_PROTOCOL, streamPaths } from '../../protocol/streams.ts'
import { openWebSocket } from '../../transport/web-socket.ts'
import type { Session, SessionExit, Sessions } from '../port.ts'
import { fillPath, type PlatformClient, queryString } from './client.ts'
import { environmentParams } from './environments.ts'

export function createSessions(client: PlatformClient): Sessions {
  return {
    async open({ columns, command, environment, instance, program, rows, service, term, tty }, call) {
      const { signal } = call
      const query = {
        columns,
        command: command && JSON.stringify(command),
        instance,
        program,
        rows,
        service,
        term,
        tty,
      }
      const path = fillPath(streamPaths.session, environmentParams(environment)) + queryString(query)
      await client.ready(call)
      return new SocketSession(await openWebSocket(client.address, { path, protocol: SESSION_PROTOCOL, signal }))
    },
    support: { exec: true, programs: true, shell: true, tty: true },
  }
}

/** A session over a WebSocket: slow readers pause the socket, a slow socket holds back writers. */
class SocketSession implements Session {
  readonly stdin: Writable
  readonly stdout: Readable
  readonly stderr: Readable
  readonly exit: Promise<SessionExit>
  readonly #socket: WebSocket
  readonly #full = new Set<Readable>()
  #ended = false

  constructor(socket: WebSocket) {
    this.#socket = socket
    this.stdout = this.#output()
    this.stderr = this.#output()
    this.stdin = new Writable({
      final: done => this.#send(encodeClose('stdin'), done),
      write: (chunk: Uint8Array, _encoding, done) => this.#send(encodeData('stdin', chunk), done),
    })
    // What is typed after the end has nowhere to go, and that is no failure.
    this.stdin.on('error', () => undefined)
    this.exit = new Promise((resolve, reject) => {
      socket.on('message', (data: Buffer) => this.#receive(decodeFrame(data), { reject, resolve }))
      socket.once('close', () => {
        this.#end()
        reject(
          new AppError(
            'session.failed',
            'the connection to the session was lost; whether the command goes on is not known',
          ),
        )
      })
    })
    // The caller may be reading output before it asks for the exit.
    this.exit.catch(() => undefined)
    socket.resume()
  }

  resize(columns: number, rows: number): void {
    this.#send(encodeResize(columns, rows))
  }

  signal(name: string): void {
    this.#send(encodeSignal(name))
  }

  close(): void {
    this.#socket.close(1000)
  }

  #receive(
    frame: SessionFrame,
    { reject, resolve }: { resolve: (exit: SessionExit) => void; reject: (error: Error) => void },
  ): void {
    switch (frame.kind) {
      case 'stdout':
      case 'stderr':
        return this.#push(this[frame.kind], frame.data)
      case 'status':
        this.#end()
        if (frame.status.kind === 'exited') resolve({ exitCode: frame.status.exitCode })
        else reject(new AppError('session.failed', frame.status.message))
        return this.close()
      case 'invalid':
        reject(new AppError('session.failed', `the platform broke the session protocol: ${frame.reason}`))
        return this.#socket.terminate()
      case 'close':
      case 'resize':
      case 'signal':
      case 'stdin':
        return undefined
    }
  }

  #output(): Readable {
    const stream: Readable = new Readable({
      read: () => {
        this.#full.delete(stream)
        if (this.#full.size === 0) this.#socket.resume()
      },
    })
    return stream
  }

  #push(stream: Readable, data: Uint8Array): void {
    if (stream.push(data)) return
    this.#full.add(stream)
    this.#socket.pause()
  }

  #end(): void {
    if (this.#ended) return
    this.#ended = true
    this.stdout.push(null)
    this.stderr.push(null)
    this.stdin.destroy()
  }

  #send(frame: Buffer, done: (error?: Error | null) => void = () => undefined): void {
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.send(frame, done)
    else done()
  }
}
