import type { DeployDeps } from '../deploy/deps.ts'
import type { Kits } from '../services/kits.ts'
import type { ServiceOperations, ServiceType } from '../services/port.ts'
import type { Parts } from './parts.ts'
import type { BackupPolicies } from './policies.ts'
import type { ResticStorage } from './restic/storage.ts'
import type { VolumeJobs } from './volume-jobs.ts'
import type { VolumeMemory } from './volume-memory.ts'

/** What the activities on backups work with. */
export interface BackupDeps extends DeployDeps {
  readonly operations: ServiceOperations
  readonly kits: Kits
  /** By its name or another word for it. */
  readonly findServiceType: (name: string) => ServiceType | undefined
  readonly parts: Parts
  /** Those of the parts that lie deduplicated. */
  readonly deduplicated: ResticStorage
  readonly policies: BackupPolicies
  readonly volumeJobs: VolumeJobs
  readonly memory: VolumeMemory
  /** Of the platform: named in manifests. */
  readonly version: string
}
