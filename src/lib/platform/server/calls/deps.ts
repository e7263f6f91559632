import type { Activities } from '../../activities/port.ts'
import type { AuditLog } from '../../audit/audit-log.ts'
import type { VolumeJobs } from '../../backups/volume-jobs.ts'
import type { BackupPolicies } from '../../backups/policies.ts'
import type { Backups } from '../../backups/port.ts'
import type { BackupScheduler } from '../../backups/scheduler.ts'
import type { DeployDeps } from '../../deploy/deps.ts'
import type { Parts } from '../../parts.ts'

/** What the calls of the API work with. */
export interface CallDeps extends DeployDeps {
  readonly activities: Activities
  readonly audit: AuditLog
  readonly volumeJobs: VolumeJobs
  readonly backups: Backups
  readonly policies: BackupPolicies
  readonly scheduler: BackupScheduler
}

export function callDeps({ activities, audit, backups, deps, upkeep }: Parts): CallDeps {
  const { policies, volumeJobs } = backups.deps
  return { ...deps, activities, audit, backups: backups.backups, policies, scheduler: upkeep.scheduler, volumeJobs }
}
