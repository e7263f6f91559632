import type { BundleManifest } from '../../../bundle/manifest.ts'
import type { Backup } from '../../../core/model.ts'

/** A backup outlives its environment and its project, which it therefore names as people do. */
export interface BackupRecord extends Backup {
  /** Present once it is complete: what it consists of. */
  readonly manifest?: BundleManifest | undefined
  /** Id of the activity that makes or made it. */
  readonly activity: string
}

export interface BackupFilter {
  readonly project?: string | undefined
  readonly environment?: string | undefined
  readonly state?: Backup['state'] | undefined
}

/** `null` clears a field. */
export type BackupChange = Partial<
  Pick<
    BackupRecord,
    | 'completedAt'
    | 'contents'
    | 'createdAt'
    | 'label'
    | 'manifest'
    | 'pausedMs'
    | 'sizeBytes'
    | 'state'
    | 'verification'
  >
> & { readonly expiresAt?: string | null }

export interface BackupStore {
  /** The id is the caller's, so that it can be repeated: one that is there already is returned as it is. */
  create(backup: BackupRecord): BackupRecord
  get(id: string): BackupRecord | undefined
  /** Newest first. */
  list(filter: BackupFilter): BackupRecord[]
  /** @throws not-found.backup */
  update(id: string, change: BackupChange): BackupRecord
  delete(id: string): void
}
