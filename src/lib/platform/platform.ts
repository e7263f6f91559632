import { chmod } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { portNumbers } from 'get-port'
import * as z from 'zod/mini'
import type { PlatformStatus } from '../protocol/call-schemas.ts'
import { platformSocket } from '../protocol/home.ts'
import { makeHomeDirectory } from '../protocol/make-home.ts'
import type { AuditedCall } from './audit/audit-log.ts'
import { openParts, type Parts, type PartsOptions } from './parts.ts'
import { reconcile } from './reconcile.ts'
import { createApp } from './server/app.ts'
import { createAuthenticator } from './server/authentication.ts'
import { callDeps } from './server/calls/deps.ts'
import { allCalls } from './server/calls/all.ts'
import { mountSources } from './server/sources.ts'
import { mountVolumeFiles } from './server/volume-files.ts'
import { type Listener, type ListenOptions, listenOnFreePort, listenOnSocket } from './server/listen.ts'
import { mountTransfers } from './server/transfers.ts'
import { streamRoutes } from './server/streams.ts'

/** Tried first for the API on TCP; the next free one otherwise, remembered. */
const API_PORTS = { first: 7680, last: 7779 } as const

export interface RunningPlatform {
  /** Resolves when it has stopped, by `stop` or by a call of the API. */
  readonly stopped: Promise<void>
  /** Instances and the edge go on, unless `all`. */
  stop(options?: { readonly all: boolean }): Promise<void>
}

/**
 * Starts the platform of one user: takes back what runs, finishes what was interrupted, serves.
 * @throws conflict.platform-running, conflict.platform-version, conflict.port-taken
 */
export async function startPlatform(options: PartsOptions): Promise<RunningPlatform> {
  await makeDirectories(options)
  const parts = openParts(options)
  const { promise: stopped, resolve: onStopped } = Promise.withResolvers<void>()
  const listeners: Listener[] = []
  let stopping: Promise<void> | undefined
  const stop = (how = { all: false }): Promise<void> =>
    (stopping ??= stopPlatform(parts, listeners, how).then(onStopped))
  try {
    await serve(parts, options, { listeners, stop })
  } catch (error) {
    await stop()
    throw error
  }
  return { stop, stopped }
}

/** The socket comes last: who finds it open finds everything taken up. */
async function serve(
  parts: Parts,
  options: PartsOptions,
  { listeners, stop }: { listeners: Listener[]; stop: (how: { all: boolean }) => Promise<void> },
): Promise<void> {
  const { httpPort, httpsPort } = await parts.deps.routing.publish()
  Object.assign(parts.edgePorts, { http: httpPort, https: httpsPort })
  const addresses = {
    api: '',
    http: `http://127.0.0.1:${httpPort}`,
    https: `https://127.0.0.1:${httpsPort}`,
    socket: platformSocket(options.home),
  }
  const shutdown = (how: { all: boolean }): void => void setImmediate(() => void stop(how))
  const listening = listenOptions(parts, options, { addresses, shutdown })
  const tcp = await listenForCalls(parts, listening)
  listeners.push(tcp)
  addresses.api = `http://127.0.0.1:${tcp.port}`
  await reconcile(parts.deps, parts.activities, parts.onError)
  for (const { id } of parts.deps.store.environments.list()) parts.crons.refresh(id)
  await parts.backups.clean()
  await parts.activities.resume()
  listeners.push(await listenOnSocket(addresses.socket, listening))
  parts.pruner.start()
  parts.upkeep.scheduler.start()
  options.log.info({ addresses }, 'the platform is up')
}

function listenOptions(
  parts: Parts,
  { version }: PartsOptions,
  { addresses, shutdown }: { addresses: PlatformStatus['addresses']; shutdown: (how: { all: boolean }) => void },
): ListenOptions {
  const { audit, deps, onError } = parts
  const calls = callDeps(parts)
  const record = (call: AuditedCall): void => audit.append(call)
  const authenticate = createAuthenticator(userInfo().username, value => deps.store.tokens.use(value))
  const facts = {
    addresses: () => addresses,
    home: deps.layout.home.data,
    shutdown,
    startedAt: new Date().toISOString(),
    version,
  }
  const app = createApp({
    audit: record,
    authenticate,
    handlers: allCalls(calls, facts),
    mount: on => {
      mountSources(on, parts.sources)
      mountVolumeFiles(on, calls)
      mountTransfers(on, { ...calls, uploads: parts.upkeep.uploads })
    },
    onError: (error, request) => onError(error, { request }),
    version,
  })
  return { app, audit: record, authenticate, streams: streamRoutes({ ...calls, reader: parts.reader }) }
}

async function stopPlatform(parts: Parts, listeners: readonly Listener[], { all }: { all: boolean }): Promise<void> {
  const { activities, audit, crons, deps, pruner, upkeep } = parts
  const { edge, engine, routing, store } = deps
  crons.close()
  await pruner.close()
  await upkeep.scheduler.close()
  await activities.close()
  routing.close()
  if (all) await Promise.all([engine.stopAll(), edge.stop()])
  await Promise.all(listeners.map(listener => listener.close()))
  await engine.close()
  await edge.close()
  audit.close()
  store.close()
}

async function listenForCalls({ deps: { store } }: Parts, options: ListenOptions): Promise<Listener> {
  const remembered = z.safeParse(z.number(), store.settings.get('api.port'))
  const last = remembered.success ? [remembered.data] : []
  const listener = await listenOnFreePort([...last, ...portNumbers(API_PORTS.first, API_PORTS.last)], options)
  store.settings.set('api.port', listener.port)
  return listener
}

/** Others may pass through the data directory to what is theirs below it, and see nothing else. */
async function makeDirectories({ home }: PartsOptions): Promise<void> {
  await makeHomeDirectory(home.data, 0o711)
  for (const directory of [home.config, home.cache, home.runtime]) await makeHomeDirectory(directory, 0o700)
  await chmod(home.runtime, 0o700)
}
