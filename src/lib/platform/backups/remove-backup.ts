import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { BackupDeps } from './deps.ts'

/** Removes a backup with the parts that no other one has. The caller knows that nothing works with it. Repeatable. */
export async function removeBackup(
  { layout, parts, store }: Pick<BackupDeps, 'layout' | 'parts' | 'store'>,
  id: string,
): Promise<void> {
  const backup = store.backups.get(id)
  if (!backup) return
  // first the file: one without a record would be found again
  await rm(join(layout.backups, id), { force: true, recursive: true })
  store.backups.delete(id)
  await parts.release(backup.manifest?.parts ?? [])
}
