import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type BundleManifest, bundleManifest } from '../../bundle/manifest.ts'
import type { BackupDeps } from './deps.ts'
import { contentsOf } from './contents.ts'

/**
 * Records the backups that lie on disk and that the database does not know: it was lost, or the directory was copied here. Nothing
 * says why they were made, so that they count as uploaded: retention never deletes them. Before unneeded parts are deleted.
 */
export async function findAgain({ layout, store: { backups } }: Pick<BackupDeps, 'layout' | 'store'>): Promise<void> {
  for (const id of await readdir(layout.backups)) {
    const manifest = backups.get(id) ? undefined : await readManifest(join(layout.backups, id, 'manifest.json'))
    if (!manifest) continue
    const { consistency, createdAt, environment, label, pausedMs, project } = manifest
    backups.create({
      activity: '',
      completedAt: createdAt,
      consistency,
      createdAt,
      environment,
      id,
      label,
      manifest,
      pausedMs,
      project,
      reason: 'upload',
      state: 'complete',
      ...contentsOf(manifest),
    })
  }
}

async function readManifest(file: string): Promise<BundleManifest | undefined> {
  try {
    return bundleManifest().parse(JSON.parse(await readFile(file, 'utf8')))
  } catch {
    return undefined
  }
}
