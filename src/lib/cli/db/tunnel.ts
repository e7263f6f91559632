import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import { type Duplex, pipeline } from 'node:stream'
import { AppError, toErrorDocument } from '../../core/errors.ts'

export interface LocalServer {
  readonly port: number
  readonly server: Server
  /** With the connections that are open. */
  close(): void
}

/** @throws conflict.port-taken */
export async function listen(wanted: number): Promise<LocalServer> {
  const open = new Set<Socket>()
  const server = createServer(socket => {
    open.add(socket)
    socket.once('close', () => open.delete(socket))
  })
  server.listen(wanted, '127.0.0.1')
  try {
    await once(server, 'listening')
  } catch (cause) {
    throw new AppError('conflict.port-taken', `port ${wanted} of 127.0.0.1 cannot be listened on`, {
      cause,
      suggestions: ['--port 0'],
    })
  }
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : wanted
  return {
    close() {
      server.close()
      for (const socket of open) socket.destroy()
    },
    port,
    server,
  }
}

/** Each connection gets one of its own at the other end. Ends when the signal aborts. */
export async function serveTunnel(
  { server }: LocalServer,
  open: () => Promise<Duplex>,
  { onFailure, signal }: { readonly onFailure: (message: string) => void; readonly signal: AbortSignal },
): Promise<void> {
  server.on('connection', socket => {
    socket.on('error', () => socket.destroy())
    open().then(
      remote => join(socket, remote),
      (error: unknown) => {
        socket.destroy()
        if (!signal.aborted) onFailure(toErrorDocument(error).message)
      },
    )
  })
  if (!signal.aborted) await once(signal, 'abort')
}

/** Until one of them ends; then both do. */
function join(socket: Socket, remote: Duplex): void {
  pipeline(socket, remote, socket, () => {
    socket.destroy()
    remote.destroy()
  })
}
