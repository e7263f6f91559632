import { once } from 'node:events'
import { Socket } from 'node:net'
import type { SocketPaths } from '../messages.ts'

/** Connections that a process gets as its stdin and stdout. Nothing is read from them or written to them here. */
export interface StdioSockets {
  readonly stdin?: Socket | undefined
  readonly stdout?: Socket | undefined
}

/** Rejects when nobody listens there any more. */
export async function connectStdio(paths: SocketPaths): Promise<StdioSockets> {
  const stdin = paths.stdin === undefined ? undefined : await connectUnread(paths.stdin)
  try {
    return { stdin, stdout: paths.stdout === undefined ? undefined : await connectUnread(paths.stdout) }
  } catch (error) {
    stdin?.destroy()
    throw error
  }
}

/** Paused before it connects: Node would read the first bytes at once. */
async function connectUnread(path: string): Promise<Socket> {
  const socket = new Socket().pause()
  socket.connect(path)
  await once(socket, 'connect')
  // It is passed on and closed: what happens to the peer is the process's matter.
  socket.on('error', () => {})
  return socket
}
