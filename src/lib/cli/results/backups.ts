import * as z from 'zod/mini'
import {
  BACKUP_REASONS,
  BACKUP_SCOPES,
  BACKUP_STORAGES,
  BACKUP_STATES,
  type Backup,
  type BackupContent,
  type BackupRetention,
  type BackupSchedule,
  type BackupVerification,
} from '../../core/model.ts'
import type { BackupDetails } from '../../providers/backups-port.ts'
import type { Shape } from './schema.ts'

/** What core/model.ts says of backups, as it is published. */

const content = z.strictObject({
  kind: z.enum(['database', 'service', 'volume']),
  name: z.string(),
  type: z.optional(z.string()),
  rows: z.optional(z.number()),
  files: z.optional(z.number()),
  bytes: z.number(),
} satisfies Shape<BackupContent>)

const verification = z.strictObject({
  result: z.enum(['passed', 'failed']),
  at: z.string(),
  problems: z.array(z.string()),
} satisfies Shape<BackupVerification>)

const consistency = z.enum(['consistent', 'live'])

export const backup = z.strictObject({
  id: z.string(),
  project: z.string(),
  environment: z.string(),
  state: z.enum(BACKUP_STATES),
  reason: z.enum(BACKUP_REASONS),
  label: z.optional(z.string()),
  consistency,
  contents: z.array(content),
  sizeBytes: z.number(),
  pausedMs: z.optional(z.number()),
  createdAt: z.string(),
  completedAt: z.optional(z.string()),
  expiresAt: z.optional(z.string()),
  verification: z.optional(verification),
} satisfies Shape<Backup>)

export const backupDetails = z.strictObject({
  ...backup.shape,
  /** Id of the one that made it. */
  activity: z.optional(z.string()),
  /** As it stands in the bundle. */
  manifest: z.optional(z.record(z.string(), z.unknown())),
} satisfies Shape<BackupDetails>)

export const backupSchedule = z.strictObject({
  cron: z.string(),
  timeZone: z.string(),
  consistency,
  only: z.array(z.enum(BACKUP_SCOPES)),
  lastAt: z.optional(z.string()),
  nextAt: z.optional(z.string()),
} satisfies Shape<BackupSchedule>)

/** Empty: there is none. */
export const noSchedule = z.strictObject({})

export const backupStorage = z.strictObject({ storage: z.enum(BACKUP_STORAGES) })

export const backupRetention = z.strictObject({
  days: z.number(),
  weeks: z.number(),
  months: z.number(),
} satisfies Shape<BackupRetention>)
