import type { ErrorDocument } from './errors.ts'

/*
 * The vocabulary: one word for one thing, in flags, types, JSON and docs. Times are ISO 8601 in UTC, sizes are bytes
 * unless the name says otherwise.
 */

export interface Project {
  readonly id: string
  /** What people type after `-p`; unique per account. */
  readonly name: string
  readonly title: string
  readonly createdAt?: string | undefined
  readonly defaultEnvironment?: string | undefined
}

export const ENVIRONMENT_TYPES = ['development', 'staging', 'production', 'infra'] as const
export type EnvironmentType = (typeof ENVIRONMENT_TYPES)[number]
export type EnvironmentStatus = 'active' | 'inactive' | 'paused'

export interface Environment {
  readonly id: string
  readonly name: string
  /** Absent where environments belong to the infrastructure (OutSystems). */
  readonly project?: string | undefined
  readonly type: EnvironmentType
  readonly status: EnvironmentStatus
  readonly parent?: string | undefined
  readonly createdAt?: string | undefined
  /** Public addresses, the primary one first. */
  readonly urls: readonly string[]
  /** Id of the deployment that is live, if any. */
  readonly deployment?: string | undefined
}

/** Names an environment; which of the two are needed is the provider's matter. */
export interface EnvironmentRef {
  readonly project?: string | undefined
  readonly environment: string
}

export interface SourceRevision {
  readonly id: string
  readonly project: string
  /** SHA-256 of the tree, 64 hex digits. */
  readonly tree: string
  readonly parents: readonly string[]
  readonly message: string
  readonly author: string
  readonly createdAt: string
}

export interface Build {
  readonly id: string
  readonly project: string
  readonly application: string
  readonly tree: string
  readonly sizeBytes: number
  readonly createdAt: string
  /** The runtime that was used, e.g. `nodejs 22.19.0`. */
  readonly runtime: string
}

export type DeploymentStatus = 'pending' | 'live' | 'superseded' | 'failed'

export interface Deployment {
  readonly id: string
  readonly project?: string | undefined
  readonly environment: string
  readonly status: DeploymentStatus
  /** Application name -> build id. */
  readonly builds: Readonly<Record<string, string>>
  readonly revision?: string | undefined
  readonly message: string
  readonly urls: readonly string[]
  readonly activity: string
  readonly createdAt: string
}

export const ACTIVITY_STATES = ['queued', 'running', 'waiting', 'finished'] as const
export type ActivityState = (typeof ACTIVITY_STATES)[number]
export const ACTIVITY_RESULTS = ['success', 'warning', 'failure', 'cancelled'] as const
export type ActivityResult = (typeof ACTIVITY_RESULTS)[number]

/** Why an activity waits for a person, and what it accepts. */
export interface Waiting {
  /** A word for programs, e.g. `confirmation`, `deployment_prepared`. */
  readonly reason: string
  readonly message: string
  readonly answers: readonly { readonly id: string; readonly label: string }[]
}

export interface ActivityStep {
  readonly name: string
  readonly state: 'running' | 'done' | 'failed'
  readonly startedAt: string
  readonly finishedAt?: string | undefined
}

/** One change, with a log. */
export interface Activity {
  readonly id: string
  /** e.g. `deploy`, `rollback`, `scale`, `environment.delete`, `cron`. */
  readonly type: string
  readonly description: string
  readonly project?: string | undefined
  readonly environment?: string | undefined
  readonly state: ActivityState
  readonly result?: ActivityResult | undefined
  readonly waiting?: Waiting | undefined
  /** The phase it is in or ended in: `build`, `release`, `start`, `health`, `switch`, … */
  readonly phase?: string | undefined
  readonly error?: ErrorDocument | undefined
  /** What it made: deployment id, urls, … */
  readonly output?: Readonly<Record<string, unknown>> | undefined
  readonly steps?: readonly ActivityStep[] | undefined
  readonly createdBy: string
  readonly createdAt: string
  readonly startedAt?: string | undefined
  readonly finishedAt?: string | undefined
}

export type VariableLevel = 'project' | 'environment'
export type ChangeEffect = 'redeploys' | 'restarts' | 'waits'

export interface Variable {
  readonly name: string
  readonly level: VariableLevel
  /** Absent when `secret`. */
  readonly value?: string | undefined
  readonly secret: boolean
  readonly visibleAtBuild: boolean
  readonly visibleAtRuntime: boolean
  /** True on an environment that gets it from its project or parent. */
  readonly inherited: boolean
  readonly updatedAt: string
}

export const DEPLOY_STRATEGIES = ['rolling', 'stop-start', 'recreate'] as const
export type DeployStrategy = (typeof DEPLOY_STRATEGIES)[number]

export type ServiceKind = 'application' | 'worker' | 'managed'

export interface Service {
  readonly name: string
  readonly kind: ServiceKind
  /** e.g. `nodejs:22`. */
  readonly type: string
  readonly desired: number
  readonly ready: number
  readonly cpu?: number | undefined
  readonly memoryMb?: number | undefined
  /** Of a managed service: where the environment's applications reach it, e.g. `127.98.3.4:5432`. */
  readonly address?: string | undefined
  readonly urls: readonly string[]
  readonly instances: readonly Instance[]
}

export const INSTANCE_STATES = [
  'starting',
  'ready',
  'unhealthy',
  'backing-off',
  'stopping',
  'stopped',
  'failed',
] as const
/** `failed`: given up after repeated crashes, until the next deploy or restart. */
export type InstanceState = (typeof INSTANCE_STATES)[number]

export interface Instance {
  /** `<service>.<ordinal>`, e.g. `web.1`; unique per release. */
  readonly id: string
  readonly service: string
  readonly release: string
  readonly state: InstanceState
  readonly pid?: number | undefined
  readonly endpoint?: string | undefined
  readonly startedAt?: string | undefined
  /** Restarts since it was first started. */
  readonly restarts: number
  readonly exitCode?: number | undefined
  readonly cpuPercent?: number | undefined
  readonly memoryBytes?: number | undefined
}

/** One service's wanted size. */
export interface Formation {
  readonly service: string
  readonly count: number
  readonly cpu?: number | undefined
  readonly memoryMb?: number | undefined
}

/** Files that outlive instances. */
export interface Volume {
  /** `uploads`; `uploads@web.1` where each instance has its own. */
  readonly name: string
  /** Where its files show. None: kept, though nothing of the live deployment mounts it any more. */
  readonly mounts: readonly VolumeMount[]
  /** What its files take on disk. */
  readonly bytes: number
  readonly files: number
  /** As the project's files ask for it. */
  readonly quotaBytes?: number | undefined
}

export interface VolumeMount {
  readonly service: string
  /** Relative to the service's application. */
  readonly path: string
}

/** What bringing one side in line with the other took. */
export interface VolumeTransfer {
  readonly volume: string
  /** Files that were sent, and their bytes. */
  readonly files: number
  readonly bytes: number
  /** Files that were the same already. */
  readonly unchanged: number
  readonly removed: number
  /** Links and other entries that are no files: they stay where they are. */
  readonly passedOver: number
}

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

/** What a restore would do. */
export interface RestorePlan {
  readonly backup: Backup
  readonly environment: EnvironmentRef
  readonly parts: readonly RestorePlanPart[]
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
