import { layOutBundle } from '../../bundle/layout.ts'
import { AppError } from '../../core/errors.ts'
import type { ActivityStore } from '../store/port.ts'
import type { BackupDeps } from './deps.ts'
import { checkParts } from './make-backup.ts'
import type { Backups } from './port.ts'
import { findRestic } from './restic/find-restic.ts'
import { removeBackup } from './remove-backup.ts'
import { requireComplete } from './records.ts'
import { choiceOf, partsOf, planRestore, refuseWithoutSpace } from './restore-plan.ts'
import { takeIn } from './take-in.ts'
import { checkContents } from './unpack.ts'

export function createBackups(deps: BackupDeps): Backups {
  const { parts, store } = deps
  return {
    async bundle(id) {
      const backup = requireComplete(store, id)
      await checkParts(deps, id, backup.manifest.parts)
      const bundle = await layOutBundle(backup.manifest)
      return { ...bundle, read: range => bundle.read(range, ({ sha256 }, within) => parts.open(sha256, within)) }
    },
    async delete(id) {
      if (!store.backups.get(id)) return
      refuseInUse(store.activities, id)
      await removeBackup(deps, id)
    },
    async checkStorage(storage) {
      if (storage === 'restic') await findRestic()
    },
    async prepareStorage(storage) {
      if (storage === 'restic') await deps.deduplicated.prepare()
    },
    async planRestore({ checkContents: isRead = false, ...request }, signal) {
      const plan = await planRestore(deps, request)
      const wanted = partsOf(plan)
      await refuseWithoutSpace(deps, wanted)
      await checkParts(deps, request.backup, wanted)
      if (isRead) await checkContents(deps, wanted, signal)
      const { targets } = choiceOf(plan)
      return {
        contentsChecked: isRead,
        parts: wanted.map(part => ({
          bytes: part.bytes,
          kind: part.kind,
          name: part.kind === 'volume' ? part.volume : part.service,
          target: targets[part.name] ?? '',
          type: part.kind === 'volume' ? undefined : `${part.type} ${part.serverVersion}`,
        })),
        warnings: plan.warnings,
      }
    },
    takeIn: (file, as, signal) => takeIn(deps, file, { as, signal }),
  }
}

/** @throws conflict.busy */
function refuseInUse(activities: ActivityStore, id: string): void {
  const user = activities
    .unfinished()
    .find(({ input, output, state }) => state !== 'finished' && (names(input, id) || output?.['safetyBackup'] === id))
  if (!user) return
  throw new AppError('conflict.busy', `the activity ${user.id} (${user.type}) works with the backup ${id}`, {
    details: { activity: user.id, backup: id },
    suggestions: [`wait for it: aloft activities log ${user.id}`],
  })
}

function names(input: unknown, backup: string): boolean {
  return typeof input === 'object' && input !== null && 'backup' in input && input.backup === backup
}
