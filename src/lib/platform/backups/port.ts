import type { Readable } from 'node:stream'
import * as z from 'zod/mini'
import { BACKUP_REASONS, BACKUP_SCOPES, type BackupStorage, type RestorePlan } from '../../core/model.ts'

/*
 * What the API, the scheduler and other activities ask of backups. Making, verifying and restoring them are activities;
 * their inputs are here, so that whoever starts one and whoever runs it agree. The id of a backup is chosen by who asks for
 * it: an activity that is taken up again goes on with the same one.
 */

const scopes = z.array(z.enum(BACKUP_SCOPES))

/** Of `backup.create`. */
export const createBackupInput = z.object({
  backup: z.string(),
  consistency: z.enum(['consistent', 'live']),
  /** Id. */
  environment: z.string(),
  /** Retention never deletes it. */
  keep: z.boolean(),
  label: z.optional(z.string()),
  /** Empty: everything. */
  only: scopes,
  reason: z.enum(BACKUP_REASONS),
})
export type CreateBackupInput = z.infer<typeof createBackupInput>

/** Of `backup.verify`. */
export const verifyBackupInput = z.object({ backup: z.string() })
export type VerifyBackupInput = z.infer<typeof verifyBackupInput>

/** Of `backup.upload`: a file that has arrived becomes a backup once all of it was checked; it is removed whatever happens. */
export const uploadBackupInput = z.object({
  backup: z.string(),
  /** Names: they need not be there. */
  environment: z.string(),
  label: z.optional(z.string()),
  project: z.string(),
  /** Id of the upload. */
  upload: z.string(),
})
export type UploadBackupInput = z.infer<typeof uploadBackupInput>

/** Of `restore`. */
export const restoreInput = z.object({
  backup: z.string(),
  /** Id of the environment that is restored into. */
  environment: z.string(),
  /** Empty: everything that is in the backup. */
  only: scopes,
  /** Service or volume in the backup -> its name in the environment. */
  rename: z.record(z.string(), z.string()),
  /** A backup of the environment as it is, made first. */
  safetyBackup: z.boolean(),
})
export type RestoreInput = z.infer<typeof restoreInput>

export interface PlanRestoreInput extends RestoreInput {
  /** Read each part that would be restored. */
  readonly checkContents?: boolean | undefined
}

export interface Backups {
  /** @throws not-found.backup, conflict.busy while it is not complete, failed.verify when a part is gone */
  bundle(id: string): Promise<Bundle>
  /**
   * What a restore would do, with ids; changes nothing and refuses what the restore would refuse. @throws not-found.backup,
   * not-found.service, not-found.environment, conflict.busy, failed.restore when a server cannot read the dump, failed.verify
   * when a part is gone or, with `checkContents`, damaged
   */
  planRestore(request: PlanRestoreInput, signal: AbortSignal): Promise<Omit<RestorePlan, 'backup' | 'environment'>>
  /** With the parts that no other backup has; an absent one succeeds. @throws conflict.busy while something works with it */
  delete(id: string): Promise<void>
  /** Changes nothing. @throws failed.tool-missing when a place for the volumes of backups needs what is not installed */
  checkStorage(storage: BackupStorage): Promise<void>
  /** Makes a place for the volumes of backups usable. @throws failed.tool-missing, failed.dump */
  prepareStorage(storage: BackupStorage): Promise<void>
  /**
   * Makes a complete backup of a file, a bundle or what the clouds hand out, once all of it was checked. The file stays.
   * Repeating it with the same id succeeds. Returns what is to be told of it. @throws failed.verify, failed.disk-full
   */
  takeIn(
    file: string,
    as: Omit<UploadBackupInput, 'upload'> & { readonly activity: string },
    signal: AbortSignal,
  ): Promise<readonly string[]>
}

/** A backup as one file: the same bytes each time it is read. */
export interface Bundle {
  readonly bytes: number
  /** SHA-256 that names these bytes. */
  readonly digest: string
  /** `end` is the last byte, inclusive. */
  read(range: { readonly start: number; readonly end: number }): Readable
}
