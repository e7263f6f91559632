import type {
  Activity,
  Backup,
  BackupRetention,
  BackupSchedule,
  BackupScope,
  BackupState,
  BackupStorage,
  EnvironmentRef,
  RestorePlan,
} from '../core/model.ts'
import type { Call } from './call.ts'

/* The part `backups` of a provider (port.ts). */

export interface BackupFilter {
  readonly project?: string | undefined
  readonly environment?: string | undefined
  readonly state?: BackupState | undefined
}

/** With what its bundle's manifest says, where the provider has one. */
export interface BackupDetails extends Backup {
  /** Id of the one that made it. */
  readonly activity?: string | undefined
  readonly manifest?: Readonly<Record<string, unknown>> | undefined
}

export interface CreateBackup {
  readonly environment: EnvironmentRef
  readonly consistency: Backup['consistency']
  /** Empty: everything. */
  readonly only: readonly BackupScope[]
  readonly label?: string | undefined
  /** Retention never deletes it. */
  readonly keep: boolean
}

export interface Restore {
  readonly backup: string
  /** What is restored into. */
  readonly environment: EnvironmentRef
  /** Empty: everything that is in the backup. */
  readonly only: readonly BackupScope[]
  /** Service or volume in the backup -> its name in the environment. */
  readonly rename: Readonly<Record<string, string>>
  readonly safetyBackup: boolean
}

export interface PlanRestore extends Restore {
  /** Also read what would be restored, where that can be done without restoring it: `contentsChecked` says so. */
  readonly checkContents?: boolean | undefined
}

/** Where the bytes of a download go, in order and each once. */
export interface DownloadSink {
  /** Bytes of the whole file, before the first of them. */
  onSize(bytes: number): void
  write(chunk: Uint8Array): Promise<void> | void
}

export interface UploadBackup {
  readonly environment: EnvironmentRef
  readonly label?: string | undefined
  readonly bytes: number
  /** The bytes from there on. */
  open(offset: number): AsyncIterable<Uint8Array>
}

export type UploadCall = Call & {
  /** Bytes that are there, of the whole file. */
  readonly onSent?: ((bytes: number) => void) | undefined
  /** Before the first of them is sent, where an earlier call has sent so many. */
  readonly onResume?: ((bytes: number) => void) | undefined
}

export interface Backups {
  readonly support: {
    readonly consistency: readonly Backup['consistency'][]
    readonly only: readonly BackupScope[]
    readonly label: boolean
    readonly keep: boolean
    readonly delete: boolean
    readonly verify: boolean
    readonly download: boolean
    readonly upload: boolean
    readonly schedule: boolean
    readonly retention: boolean
    readonly storage: boolean
    readonly restore: {
      readonly otherEnvironment: boolean
      readonly otherProject: boolean
      readonly only: boolean
      readonly rename: boolean
      readonly safetyBackup: boolean
      readonly plan: boolean
    }
  }
  /** Newest first. */
  list(filter: BackupFilter, call: Call): AsyncIterable<Backup>
  /** @throws not-found.backup with the nearest ids */
  get(id: string, call: Call): Promise<BackupDetails>
  /** Its activity names the backup in `output.backup`. @throws not-found.*, unsupported.option */
  create(request: CreateBackup, call: Call): Promise<Activity>
  /** An absent one succeeds. @throws conflict.last-backup unless `confirm` is its id, conflict.busy */
  delete(request: { readonly id: string; readonly confirm?: string | undefined }, call: Call): Promise<void>
  /** @throws not-found.backup */
  verify(id: string, call: Call): Promise<Activity>
  /** What `restore` would do. Changes nothing and refuses what `restore` refuses. */
  plan(request: PlanRestore, call: Call): Promise<RestorePlan>
  /** @throws not-found.*, unsupported.option */
  restore(request: Restore, call: Call): Promise<Activity>
  /**
   * The file of a backup from `offset` on; goes on by itself after a cut. The same backup gives the same bytes each time.
   * @throws not-found.backup, unavailable.* when it does not get on any more
   */
  download(request: { readonly id: string; readonly offset: number }, sink: DownloadSink, call: Call): Promise<void>
  /**
   * Sends a file that becomes a backup; goes on by itself after a cut, and with what an earlier call has sent of the same
   * content. Returns once all bytes have arrived: its activity checks them. @throws unavailable.* when it does not get on any more
   */
  upload(request: UploadBackup, call: UploadCall): Promise<Activity>
  schedule(environment: EnvironmentRef, call: Call): Promise<BackupSchedule | undefined>
  /** Without one none is made by itself any more. @throws usage.schedule */
  setSchedule(
    environment: EnvironmentRef,
    schedule: BackupSchedule | undefined,
    call: Call,
  ): Promise<BackupSchedule | undefined>
  retention(environment: EnvironmentRef, call: Call): Promise<BackupRetention>
  setRetention(environment: EnvironmentRef, retention: BackupRetention, call: Call): Promise<BackupRetention>
  /** Where volumes are kept. @throws failed.tool-missing when `wanted` cannot be had */
  storage(
    request: { readonly environment: EnvironmentRef; readonly wanted?: BackupStorage | undefined },
    call: Call,
  ): Promise<BackupStorage>
  /** Of later backups; earlier ones stay where they are. @throws failed.tool-missing */
  setStorage(environment: EnvironmentRef, storage: BackupStorage, call: Call): Promise<BackupStorage>
}
