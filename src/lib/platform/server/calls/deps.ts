import type { Activities } from '../../activities/port.ts'
import type { AuditLog } from '../../audit/audit-log.ts'
import type { VolumeJobs } from '../../backups/volume-jobs.ts'
import type { DeployDeps } from '../../deploy/deps.ts'

/** What the calls of the API work with. */
export interface CallDeps extends DeployDeps {
  readonly activities: Activities
  readonly audit: AuditLog
  readonly volumeJobs: VolumeJobs
}
