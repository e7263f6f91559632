import { createAdaptorServer } from '@hono/node-server'
import { chmod, rm } from 'node:fs/promises'
import type { Server } from 'node:http'
import type { Duplex } from 'node:stream'
import type { AuditedCall } from '../audit/audit-log.ts'
import type { App } from './app.ts'
import type { Authenticator, Entrance } from './authentication.ts'
import { type UpgradeRoute, createUpgradeHandler } from './upgrades.ts'

export interface ListenOptions {
  readonly app: App
  readonly streams: readonly UpgradeRoute[]
  readonly authenticate: Authenticator
  readonly audit: (call: AuditedCall) => void
}

export interface Listener {
  /** 0 on a Unix socket. */
  readonly port: number
  /** Takes no new connections and ends the open ones, streams and sessions included. */
  readonly close: () => Promise<void>
}

/** Serves on a Unix socket that only its user may open; one that was left behind is replaced. The caller holds the lock. */
export async function listenOnSocket(path: string, options: ListenOptions): Promise<Listener> {
  const { close, server } = createListener(options, 'socket')
  if (process.platform !== 'win32') await rm(path, { force: true })
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(path, resolve))
  if (process.platform !== 'win32') await chmod(path, 0o600)
  return { close, port: 0 }
}

/** Serves on 127.0.0.1, 0: on a free port; callers need a token. */
export async function listenOnPort(port: number, options: ListenOptions): Promise<Listener> {
  const { close, server } = createListener(options, 'tcp')
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve))
  const address = server.address()
  return { close, port: typeof address === 'object' && address ? address.port : port }
}

/** Serves on the first of these ports that can be had, else on any: to look first and listen then would be too late for one. */
export async function listenOnFreePort(ports: Iterable<number>, options: ListenOptions): Promise<Listener> {
  for (const port of ports) {
    try {
      return await listenOnPort(port, options)
    } catch (error) {
      if (!isTaken(error)) throw error
    }
  }
  return listenOnPort(0, options)
}

function isTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'EADDRINUSE' || error.code === 'EACCES')
}

function createListener(
  { app, audit, authenticate, streams }: ListenOptions,
  entrance: Entrance,
): { server: Server; close: () => Promise<void> } {
  const server = createAdaptorServer({ fetch: (request, bindings) => app.fetch(request, { ...bindings, entrance }) })
  if (!('closeAllConnections' in server)) throw new TypeError('an HTTP/1.1 server was expected')
  const answer = createUpgradeHandler({ audit, authenticate, entrance, routes: streams })
  const upgraded = new Set<Duplex>()
  server.on('upgrade', (request, socket: Duplex, head) => {
    upgraded.add(socket)
    socket.once('close', () => upgraded.delete(socket))
    answer(request, socket, head)
  })
  const close = (): Promise<void> =>
    new Promise(resolve => {
      server.close(() => resolve())
      server.closeAllConnections()
      for (const socket of upgraded) socket.destroy()
    })
  return { close, server }
}
