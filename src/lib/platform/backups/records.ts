import type { BundleManifest } from '../../bundle/manifest.ts'
import { AppError } from '../../core/errors.ts'
import type { BackupRecord, Store } from '../store/port.ts'

/** @throws not-found.backup */
export function requireBackup({ backups }: Store, id: string): BackupRecord {
  const found = backups.get(id)
  if (found) return found
  throw new AppError('not-found.backup', `there is no backup ${id}`, { suggestions: ['aloft backup list'] })
}

/** @throws not-found.backup; conflict.busy for one that is still being made or has failed */
export function requireComplete(store: Store, id: string): BackupRecord & { readonly manifest: BundleManifest } {
  const backup = requireBackup(store, id)
  const { manifest, state } = backup
  if (state === 'complete' && manifest) return { ...backup, manifest }
  throw new AppError(
    'conflict.busy',
    `the backup ${id} is ${state === 'failed' ? 'one that failed' : 'not complete yet'}`,
    {
      details: { backup: id, state },
      suggestions: ['use another one: `aloft backup list`'],
    },
  )
}
