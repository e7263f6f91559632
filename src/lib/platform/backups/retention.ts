import { holdsScope } from '../../core/backup-scopes.ts'
import {
  type Backup,
  BACKUP_SCOPES,
  type BackupReason,
  type BackupRetention,
  type BackupScope,
} from '../../core/model.ts'

const DAY_MS = 24 * 3_600_000

export const DEFAULT_RETENTION: BackupRetention = { days: 7, months: 3, weeks: 4 }

/** A young backup never goes; days. What came from a file or is to be kept has no end. */
const YOUNG_DAYS: Readonly<Record<Exclude<BackupReason, 'upload'>, number>> = {
  deletion: 30,
  manual: 1,
  safety: 7,
  scheduled: 1,
}

/** `expiresAt` of a backup that is made now, ms since the epoch. */
export function expiryOf(reason: BackupReason, keep: boolean, now: number): string | undefined {
  if (keep || reason === 'upload') return undefined
  return new Date(now + YOUNG_DAYS[reason] * DAY_MS).toISOString()
}

/**
 * Ids of the backups of one environment that may go: they have expired, and are not the newest one of a day, week or month
 * that counts. Databases and files count on their own: a backup of the one stands for none of the other. What a restore made of
 * what it replaced, and what came from a file, stands for no day. The last good ones always stay. Days are those of UTC, weeks
 * begin on Monday.
 */
export function expendable(backups: readonly Backup[], retention: BackupRetention, now: number): string[] {
  const kept = new Set([...lastGood(backups), ...BACKUP_SCOPES.flatMap(scope => newestOf(backups, scope, retention))])
  return backups
    .filter(({ expiresAt, state }) => state !== 'running' && expiresAt !== undefined && Date.parse(expiresAt) <= now)
    .filter(backup => !kept.has(backup))
    .map(({ id }) => id)
}

/**
 * The last good ones: of the databases and of the files, where it is not one of both. The newest that is complete and did not
 * fail its verification; before those that restores made and those from files, which may have other data; the newest complete
 * one where all failed.
 */
export function lastGood<T extends Backup>(backups: readonly T[]): readonly T[] {
  return BACKUP_SCOPES.flatMap(scope => {
    const complete = completeOf(backups, scope)
    return complete.find(isRegular) ?? complete.find(isGood) ?? complete[0] ?? []
  })
}

function newestOf(backups: readonly Backup[], scope: BackupScope, { days, months, weeks }: BackupRetention): Backup[] {
  const regular = completeOf(backups, scope).filter(isRegular)
  return [
    ...newestOfEach(regular, days, ({ createdAt }) => createdAt.slice(0, 10)),
    ...newestOfEach(regular, weeks, ({ createdAt }) => mondayOf(createdAt)),
    ...newestOfEach(regular, months, ({ createdAt }) => createdAt.slice(0, 7)),
  ]
}

/** Newest first. */
function completeOf<T extends Backup>(backups: readonly T[], scope: BackupScope): T[] {
  return backups
    .filter(backup => backup.state === 'complete' && holdsScope(backup, scope))
    .toSorted((a, b) => b.createdAt.localeCompare(a.createdAt))
}

function isGood({ verification }: Backup): boolean {
  return verification?.result !== 'failed'
}

function isRegular(backup: Backup): boolean {
  return isGood(backup) && backup.reason !== 'safety' && backup.reason !== 'upload'
}

function newestOfEach(
  newestFirst: readonly Backup[],
  count: number,
  periodOf: (backup: Backup) => string,
): readonly Backup[] {
  const newest = new Map<string, Backup>()
  for (const backup of newestFirst) if (!newest.has(periodOf(backup))) newest.set(periodOf(backup), backup)
  return [...newest.values()].slice(0, count)
}

function mondayOf(iso: string): string {
  const day = new Date(iso)
  day.setUTCDate(day.getUTCDate() - ((day.getUTCDay() + 6) % 7))
  return day.toISOString().slice(0, 10)
}
