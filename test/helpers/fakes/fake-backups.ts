import { AppError } from '../../../src/lib/core/errors.ts'
import {
  BACKUP_SCOPES,
  type Backup,
  type BackupRetention,
  type BackupSchedule,
  type BackupStorage,
  type EnvironmentRef,
} from '../../../src/lib/core/model.ts'
import type { Backups, CreateBackup, Restore } from '../../../src/lib/providers/backups-port.ts'
import { layOutBundle } from '../../../src/lib/bundle/layout.ts'
import type { BundleManifest } from '../../../src/lib/bundle/manifest.ts'
import { type FakeActivities, STARTED_AT } from './fake-activities.ts'

export interface FakeBackups extends Backups {
  readonly seen: {
    readonly created: CreateBackup[]
    readonly restored: Restore[]
    readonly deleted: { readonly id: string; readonly confirm?: string | undefined }[]
    readonly uploaded: Uint8Array[]
  }
}

const MAIN: EnvironmentRef = { environment: 'main', project: 'shop' }

/** Backups in memory: `bkp_1` and, a day older, `bkp_0`, both of shop/main; nothing in their bundles. */
export function createFakeBackups(activities: FakeActivities): FakeBackups {
  const all = new Map(
    [aBackup('bkp_1', STARTED_AT), aBackup('bkp_0', '2026-01-30T12:00:00.000Z')].map(each => [each.id, each]),
  )
  const seen: FakeBackups['seen'] = { created: [], deleted: [], restored: [], uploaded: [] }
  let schedule: BackupSchedule | undefined
  let retention: BackupRetention = { days: 7, months: 3, weeks: 4 }
  let storage: BackupStorage = 'directory'
  const find = (id: string): Backup => {
    const found = all.get(id)
    if (found) return found
    throw new AppError('not-found.backup', `there is no backup "${id}"`, { suggestions: [...all.keys()] })
  }
  return {
    create: async request => {
      seen.created.push(request)
      return activities.start({ output: { backup: 'bkp_2' }, type: 'backup.create', ...request.environment })
    },
    delete: async ({ confirm, id }) => {
      if (all.size === 1 && all.has(id) && confirm !== id)
        throw new AppError('conflict.last-backup', `${id} is the last`)
      seen.deleted.push({ confirm, id })
      all.delete(id)
    },
    download: async ({ id, offset }, sink) => {
      const layout = await layOutBundle(emptyManifest(find(id)))
      sink.onSize(layout.bytes)
      if (offset === layout.bytes) return
      const range = { end: layout.bytes - 1, start: offset }
      for await (const chunk of layout.read(range, noParts) as AsyncIterable<Uint8Array>) await sink.write(chunk)
    },
    get: async id => ({ ...find(id), manifest: emptyManifest(find(id)) }),
    list: async function* list({ environment, project, state }) {
      for (const backup of all.values()) {
        const wanted = { environment, project, state }
        const { environment: of, project: owner, state: now } = backup
        const own = { environment: of, project: owner, state: now }
        if ((['environment', 'project', 'state'] as const).every(key => (wanted[key] ?? own[key]) === own[key]))
          yield backup
      }
    },
    plan: async ({ backup, environment, rename }) => ({
      backup: find(backup),
      environment,
      parts: [{ bytes: 1024, kind: 'database', name: 'db', target: rename['db'] ?? 'db', type: 'postgresql 15.18' }],
      warnings: ['the volume cache is in no backup'],
    }),
    restore: async request => {
      seen.restored.push(request)
      return activities.start({ output: { safetyBackup: 'bkp_9' }, type: 'restore', ...request.environment })
    },
    retention: async () => retention,
    schedule: async () => schedule,
    seen,
    setRetention: async (_environment, wanted) => (retention = wanted),
    setStorage: async (_environment, wanted) => (storage = wanted),
    setSchedule: async (_environment, wanted) => (schedule = wanted),
    storage: async () => storage,
    support: {
      consistency: ['consistent', 'live'],
      delete: true,
      download: true,
      keep: true,
      label: true,
      only: BACKUP_SCOPES,
      restore: { only: true, otherEnvironment: true, otherProject: true, plan: true, rename: true, safetyBackup: true },
      retention: true,
      schedule: true,
      storage: true,
      upload: true,
      verify: true,
    },
    upload: async (file, { onSent }) => {
      for await (const chunk of file.open(0)) {
        seen.uploaded.push(chunk)
        onSent?.(chunk.length)
      }
      return activities.start({ output: { backup: 'bkp_3' }, type: 'backup.upload', ...file.environment })
    },
    verify: async id => activities.start({ type: 'backup.verify', ...MAIN, description: `verify ${find(id).id}` }),
  }
}

function aBackup(id: string, createdAt: string): Backup {
  return {
    completedAt: createdAt,
    consistency: 'consistent',
    contents: [{ bytes: 1024, kind: 'database', name: 'db', rows: 12, type: 'postgresql 15.18' }],
    createdAt,
    environment: 'main',
    id,
    pausedMs: 320,
    project: 'shop',
    reason: 'manual',
    sizeBytes: 1024,
    state: 'complete',
  }
}

function emptyManifest({ consistency, createdAt, environment, id, project }: Backup): BundleManifest {
  return {
    consistency,
    createdAt,
    environment,
    format: 'aloft-backup',
    id,
    parts: [],
    project,
    tool: 'aloft',
    version: 1,
  }
}

function noParts(): never {
  throw new Error('the bundle has no parts')
}
