import * as z from 'zod/mini'
import { lazily } from '../core/lazily.ts'
import {
  BACKUP_REASONS,
  BACKUP_SCOPES,
  BACKUP_STORAGES,
  BACKUP_STATES,
  type Backup,
  type BackupRetention,
  type BackupSchedule,
  type RestorePlan,
} from '../core/model.ts'

/* The wire form of what core/model.ts says of backups: `satisfies` keeps the two from drifting apart. */

const count = z.number().check(z.int(), z.minimum(0))
const kind = z.enum(['database', 'service', 'volume'])
const consistency = z.enum(['consistent', 'live'])
const only = z.array(z.enum(BACKUP_SCOPES))
const label = z.string().check(z.minLength(1), z.maxLength(200))

export const backup = lazily(
  () =>
    z.object({
      id: z.string(),
      project: z.string(),
      environment: z.string(),
      state: z.enum(BACKUP_STATES),
      reason: z.enum(BACKUP_REASONS),
      label: z.optional(z.string()),
      consistency,
      contents: z.array(
        z.object({
          kind,
          name: z.string(),
          type: z.optional(z.string()),
          rows: z.optional(z.number()),
          files: z.optional(z.number()),
          bytes: z.number(),
        }),
      ),
      sizeBytes: z.number(),
      pausedMs: z.optional(z.number()),
      createdAt: z.string(),
      completedAt: z.optional(z.string()),
      expiresAt: z.optional(z.string()),
      verification: z.optional(
        z.object({ result: z.enum(['passed', 'failed']), at: z.string(), problems: z.array(z.string()) }),
      ),
    }) satisfies z.ZodMiniType<Backup>,
)

/** With what the bundle's manifest says; its form is that of the bundle. */
export const backupDetails = lazily(() =>
  z.extend(backup(), { activity: z.string(), manifest: z.optional(z.record(z.string(), z.unknown())) }),
)

export const backupQuery = lazily(() =>
  z.object({
    project: z.optional(z.string()),
    environment: z.optional(z.string()),
    state: z.optional(z.enum(BACKUP_STATES)),
  }),
)

export const createBackup = lazily(() => z.object({ consistency, keep: z.boolean(), label: z.optional(label), only }))

export const restoreRequest = lazily(() =>
  z.object({
    backup: z.string(),
    only,
    /** Service or volume in the backup -> its name in the environment. */
    rename: z.record(z.string(), z.string()),
    safetyBackup: z.boolean(),
  }),
)

/** `checkContents` reads each part that would be restored, which takes its time. */
export const restorePlanRequest = lazily(() => z.extend(restoreRequest(), { checkContents: z.optional(z.boolean()) }))

export const restorePlan = lazily(
  () =>
    z.object({
      backup: backup(),
      contentsChecked: z.optional(z.boolean()),
      environment: z.object({ environment: z.string(), project: z.optional(z.string()) }),
      parts: z.array(
        z.object({
          kind,
          name: z.string(),
          target: z.string(),
          type: z.optional(z.string()),
          bytes: z.number(),
        }),
      ),
      warnings: z.array(z.string()),
    }) satisfies z.ZodMiniType<RestorePlan>,
)

const scheduleFields = { cron: z.string(), timeZone: z.string(), consistency, only }

const storage = z.enum(BACKUP_STORAGES)

export const scheduleRequest = lazily(() => z.object({ schedule: z.nullable(z.object(scheduleFields)) }))

export const scheduleAnswer = lazily(() =>
  z.object({
    schedule: z.optional(
      z.object({
        ...scheduleFields,
        lastAt: z.optional(z.string()),
        nextAt: z.optional(z.string()),
      }) satisfies z.ZodMiniType<BackupSchedule>,
    ),
  }),
)

export const backupRetention = lazily(
  () =>
    z.object({
      days: count.check(z.maximum(3650)),
      weeks: count.check(z.maximum(520)),
      months: count.check(z.maximum(120)),
    }) satisfies z.ZodMiniType<BackupRetention>,
)

export const backupStorage = lazily(() => z.object({ storage }))

/** `wanted`: asks whether it can be had. */
export const backupStorageQuery = lazily(() => z.object({ wanted: z.optional(storage) }))

export const uploadRequest = lazily(() =>
  z.object({
    bytes: z.number().check(z.int(), z.positive()),
    environment: z.string(),
    /** A resting upload that it goes on with. */
    from: z.optional(z.object({ id: z.string(), offset: z.number() })),
    label: z.optional(label),
    project: z.string(),
  }),
)

export const restingUploadsQuery = lazily(() =>
  z.object({ bytes: z.coerce.number().check(z.int(), z.positive()), environment: z.string(), project: z.string() }),
)

export const restingUploads = lazily(() =>
  z.object({ items: z.array(z.object({ id: z.string(), offset: z.number(), sha256: z.string() })) }),
)

export const uploadAnswer = lazily(() => z.object({ id: z.string(), offset: z.number() }))
