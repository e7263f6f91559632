import { join } from 'node:path'
import type { Activities } from '../activities/port.ts'
import type { DeployDeps } from '../deploy/deps.ts'
import { createBackups } from './backups.ts'
import { createBackupHandler } from './create-activity.ts'
import type { BackupDeps } from './deps.ts'
import { createDirectoryStorage } from './directory-storage.ts'
import { findAgain } from './find-again.ts'
import { joinStorages } from './joined-storage.ts'
import { Parts } from './parts.ts'
import { BackupPolicies } from './policies.ts'
import type { Backups } from './port.ts'
import { restoreHandler } from './restore-activity.ts'
import { createResticStorage } from './restic/storage.ts'
import { removeThrowAways } from './throw-away.ts'
import { verifyBackupHandler } from './verify-activity.ts'
import { VolumeJobs } from './volume-jobs.ts'
import { VolumeMemory } from './volume-memory.ts'

export interface OpenBackups {
  readonly deps: BackupDeps
  readonly backups: Backups
  /** Before `resume` of the activities: registers what makes, verifies and restores backups. */
  register(activities: Activities): void
  /** Removes what a killed platform left; finds backups again that the database does not know. Before `resume` of the activities. */
  clean(): Promise<void>
}

interface Given extends Pick<BackupDeps, 'findServiceType' | 'kits' | 'operations' | 'version'> {
  /** The system's unless told. */
  readonly findRestic?: (() => Promise<string>) | undefined
}

/** Opens the backups of a platform; makes their directory. */
export function openBackups(deploy: DeployDeps, { findRestic, ...given }: Given): OpenBackups {
  const { engine, layout, store } = deploy
  const deduplicated = createResticStorage(join(layout.backups, 'restic'), findRestic)
  const deps: BackupDeps = {
    ...deploy,
    ...given,
    deduplicated,
    memory: new VolumeMemory(store.settings),
    parts: new Parts(joinStorages(createDirectoryStorage(layout.backups), deduplicated), store.backups),
    policies: new BackupPolicies(store.settings),
    volumeJobs: new VolumeJobs({ engine, layout }),
  }
  return {
    backups: createBackups(deps),
    deps,
    async clean() {
      deps.memory.keepOnly(new Set(store.environments.list().map(({ id }) => id)))
      await findAgain(deps)
      await deps.parts.collectAll()
      await removeThrowAways(deps)
    },
    register(activities) {
      activities.register(createBackupHandler(deps))
      activities.register(verifyBackupHandler(deps))
      activities.register(restoreHandler(deps))
    },
  }
}
