import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import getPort from 'get-port'
import { pino } from 'pino'
import { BUNDLE_FORMAT, BUNDLE_VERSION, type BundleManifest } from '../../src/lib/bundle/manifest.ts'
import { createId } from '../../src/lib/core/ids.ts'
import { recordManifest } from '../../src/lib/platform/backups/make-backup.ts'
import { openParts, type Parts } from '../../src/lib/platform/parts.ts'
import { createApp } from '../../src/lib/platform/server/app.ts'
import { createAuthenticator } from '../../src/lib/platform/server/authentication.ts'
import { allCalls } from '../../src/lib/platform/server/calls/all.ts'
import { callDeps } from '../../src/lib/platform/server/calls/deps.ts'
import { type Listener, listenOnPort } from '../../src/lib/platform/server/listen.ts'
import { streamRoutes } from '../../src/lib/platform/server/streams.ts'
import { mountTransfers } from '../../src/lib/platform/server/transfers.ts'
import type { BackupRecord } from '../../src/lib/platform/store/port.ts'
import { resolveHome } from '../../src/lib/protocol/home.ts'

/** The parts of a platform in this process that keep and move backups, served on a port. Tokens: `of-shop`, `of-toys`, `reader`. */
export interface BackupServer {
  readonly url: string
  readonly parts: Parts
  /** A complete backup of shop/main with one volume part of these bytes. */
  seed(bytes: Buffer): Promise<BackupRecord>
  close(): Promise<void>
}

export async function startBackupServer(): Promise<BackupServer> {
  const root = mkdtempSync(join(tmpdir(), 'aloft-transfers-'))
  chmodSync(root, 0o711)
  const home = resolveHome({ ALOFT_HOME: join(root, 'home') })
  const parts = openParts({ home, log: pino({ level: 'silent' }), version: '0.0.0' })
  const { store } = parts.deps
  for (const [name, project] of [
    ['of-shop', 'shop'],
    ['of-toys', 'toys'],
  ] as const)
    store.tokens.create({ name, project, scope: 'write', value: name })
  store.tokens.create({ name: 'reader', scope: 'read', value: 'reader' })
  const { id: project } = store.projects.create({ name: 'shop' })
  store.environments.create({ name: 'main', project, type: 'production' })
  await parts.activities.resume()
  const listener = await listen(parts, home.data)
  return {
    async close() {
      await listener.close()
      await parts.activities.close(0)
      await parts.deps.engine.close()
      await parts.deps.edge.close()
      parts.audit.close()
      store.close()
      rmSync(root, { force: true, recursive: true })
    },
    parts,
    seed: bytes => seed(parts, bytes),
    url: `http://127.0.0.1:${listener.port}`,
  }
}

async function listen(parts: Parts, home: string): Promise<Listener> {
  const calls = callDeps(parts)
  const authenticate = createAuthenticator('ada', value => parts.deps.store.tokens.use(value))
  const facts = {
    addresses: () => ({ api: '', http: '', https: '', socket: '' }),
    home,
    shutdown: () => undefined,
    startedAt: '',
    version: '0.0.0',
  }
  const app = createApp({
    audit: () => undefined,
    authenticate,
    handlers: allCalls(calls, facts),
    mount: on => mountTransfers(on, { ...calls, uploads: parts.upkeep.uploads }),
    onError: () => undefined,
    version: '0.0.0',
  })
  const streams = streamRoutes({ ...calls, reader: parts.reader })
  const port = await getPort({ host: '127.0.0.1' })
  return listenOnPort(port, { app, audit: () => undefined, authenticate, streams })
}

async function seed({ backups, deps: { store } }: Parts, bytes: Buffer): Promise<BackupRecord> {
  const { deps } = backups
  const id = createId('bkp')
  const createdAt = new Date().toISOString()
  const names = { environment: 'main', project: 'shop' }
  store.backups.create({
    ...names,
    activity: 'act_1',
    consistency: 'live',
    contents: [],
    createdAt,
    id,
    reason: 'manual',
    sizeBytes: 0,
    state: 'running',
  })
  await deps.parts.holding(async hold => {
    const stored = await hold.put(Readable.from([bytes]), { signal: new AbortController().signal })
    const manifest: BundleManifest = {
      ...names,
      consistency: 'live',
      createdAt,
      format: BUNDLE_FORMAT,
      id,
      parts: [
        {
          ...stored,
          digest: stored.sha256,
          directories: ['_'],
          fileBytes: bytes.length,
          files: 1,
          kind: 'volume',
          name: 'volumes/uploads.tar.zst',
          volume: 'uploads',
        },
      ],
      tool: 'a test',
      version: BUNDLE_VERSION,
    }
    recordManifest(deps, id, manifest)
  })
  return store.backups.update(id, { completedAt: createdAt, state: 'complete' })
}
