import type { Backup, BackupReason, BackupRetention } from '../../core/model.ts'

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
 * that counts; none that failed its verification nor one of what a restore replaced stands for its day. The last good one always stays. Days are those of UTC, weeks begin on Monday.
 */
export function expendable(backups: readonly Backup[], retention: BackupRetention, now: number): string[] {
  const newestFirst = backups
    .filter(({ state }) => state === 'complete')
    .toSorted((a, b) => b.createdAt.localeCompare(a.createdAt))
  const counting = newestFirst.filter(backup => !isSafety(backup) && !hasFailed(backup))
  const kept = new Set([
    ...newestOfEach(counting, retention.days, ({ createdAt }) => createdAt.slice(0, 10)),
    ...newestOfEach(counting, retention.weeks, ({ createdAt }) => mondayOf(createdAt)),
    ...newestOfEach(counting, retention.months, ({ createdAt }) => createdAt.slice(0, 7)),
    lastGood(newestFirst),
  ])
  return backups
    .filter(({ expiresAt, state }) => state !== 'running' && expiresAt !== undefined && Date.parse(expiresAt) <= now)
    .filter(backup => !kept.has(backup))
    .map(({ id }) => id)
}

/**
 * The newest that is complete and did not fail its verification, of what restores replaced only where there is no other; the
 * newest complete one where all failed.
 */
export function lastGood<T extends Backup>(backups: readonly T[]): T | undefined {
  const complete = backups
    .filter(({ state }) => state === 'complete')
    .toSorted((a, b) => b.createdAt.localeCompare(a.createdAt))
  const good = complete.filter(backup => !hasFailed(backup))
  return good.find(backup => !isSafety(backup)) ?? good[0] ?? complete[0]
}

function isSafety({ reason }: Backup): boolean {
  return reason === 'safety'
}

function hasFailed({ verification }: Backup): boolean {
  return verification?.result === 'failed'
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
