import type { EnvironmentRef } from './environments.ts'

export const BACKUP_REASONS = ['manual', 'scheduled', 'safety', 'deletion', 'upload'] as const

/** `safety`: before a restore over it; `deletion`: the last one of an environment; `upload`: it came from a file. */
export type BackupReason = (typeof BACKUP_REASONS)[number]

/** What of an environment: `database` is every managed service that keeps data, `files` every volume. */
export const BACKUP_SCOPES = ['database', 'files'] as const
export type BackupScope = (typeof BACKUP_SCOPES)[number]

export const BACKUP_STATES = ['running', 'complete', 'failed'] as const
export type BackupState = (typeof BACKUP_STATES)[number]

/** A restorable copy of an environment's databases and volumes. Only a `complete` one can be restored. */
export interface Backup {
  /** `bkp_…` */
  readonly id: string
  /** Names. */
  readonly project: string
  readonly environment: string
  readonly state: BackupState
  readonly reason: BackupReason
  readonly label?: string | undefined
  /** `consistent`: nothing wrote while it was made; `live`: each database and each volume is consistent in itself. */
  readonly consistency: 'consistent' | 'live'
  readonly contents: readonly BackupContent[]
  /** Of all parts, as stored. */
  readonly sizeBytes: number
  /** How long the applications were held, as they saw it. */
  readonly pausedMs?: number | undefined
  readonly createdAt: string
  readonly completedAt?: string | undefined
  /** From then on retention may delete it; absent: kept until somebody deletes it. */
  readonly expiresAt?: string | undefined
  readonly verification?: BackupVerification | undefined
}

/** One database, service or volume in a backup. */
export interface BackupContent {
  readonly kind: 'database' | 'service' | 'volume'
  /** Of the service or the volume. */
  readonly name: string
  /** Of the service, e.g. `postgresql 15.18`. */
  readonly type?: string | undefined
  readonly rows?: number | undefined
  readonly files?: number | undefined
  /** As stored, compressed. */
  readonly bytes: number
}

/** What came of restoring it into a throw-away environment and comparing. */
export interface BackupVerification {
  readonly result: 'passed' | 'failed'
  readonly at: string
  /** What differs or could not be restored, a sentence each. */
  readonly problems: readonly string[]
}

/** When backups of an environment are made by themselves. */
export interface BackupSchedule {
  /** Minute, hour, day of the month, month, day of the week; `H` is a number that stays the same. */
  readonly cron: string
  /** IANA name, e.g. `Europe/Madrid`. */
  readonly timeZone: string
  readonly consistency: Backup['consistency']
  /** Empty: everything. */
  readonly only: readonly BackupScope[]
  /** When it last began one, and when it will again. */
  readonly lastAt?: string | undefined
  readonly nextAt?: string | undefined
}

/**
 * Of how many days, weeks and months, counted back from the latest, the newest backup stays. What is in none of them goes,
 * but never the last complete one, nor one that is to be kept.
 */
export interface BackupRetention {
  readonly days: number
  readonly weeks: number
  readonly months: number
}

/** Where the volumes of backups are kept: as files, or deduplicated by restic. */
export const BACKUP_STORAGES = ['directory', 'restic'] as const
export type BackupStorage = (typeof BACKUP_STORAGES)[number]

/** What a restore would do. */
export interface RestorePlan {
  readonly backup: Backup
  readonly environment: EnvironmentRef
  readonly parts: readonly RestorePlanPart[]
  /** Each of them was read, and is what the backup says. */
  readonly contentsChecked?: boolean | undefined
  /** What of the environment stays as it is, and what of the backup finds no place, a sentence each. */
  readonly warnings: readonly string[]
}

export interface RestorePlanPart {
  readonly kind: BackupContent['kind']
  /** In the backup. */
  readonly name: string
  /** In the environment. */
  readonly target: string
  readonly type?: string | undefined
  readonly bytes: number
}
