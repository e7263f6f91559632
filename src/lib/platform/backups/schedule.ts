import { Cron } from 'croner'
import { NO_SCHEDULE, readSchedule } from '../../config/shared/schedule.ts'
import { AppError } from '../../core/errors.ts'
import type { BackupSchedule } from '../../core/model.ts'

/** A schedule as it is kept. */
export interface StoredSchedule extends Omit<BackupSchedule, 'nextAt'> {
  /** When it was set, ISO 8601: nothing before that was missed. */
  readonly since: string
}

/** `seed` decides what `H` in it means. @throws usage.schedule */
export function checkSchedule<T extends Pick<BackupSchedule, 'cron' | 'timeZone'>>(schedule: T, seed: string): T {
  const cron = readSchedule(schedule.cron, seed)
  if (cron === undefined)
    throw new AppError('usage.schedule', `"${schedule.cron}" ${NO_SCHEDULE}`, { suggestions: ['0 3 * * *'] })
  if (!isTimeZone(schedule.timeZone))
    throw new AppError('usage.schedule', `there is no time zone "${schedule.timeZone}"`, {
      suggestions: ['UTC', 'Europe/Madrid', 'America/New_York'],
    })
  if (firstAfter(new Date(), { ...schedule, cron }) === undefined)
    throw new AppError('usage.schedule', `"${schedule.cron}" never comes: no month it names has such a day`, {
      suggestions: ['0 3 * * *', 'on the last day of each month: 0 3 L * *'],
    })
  return { ...schedule, cron }
}

/**
 * The first time after the last run, in the past when it was missed: several missed ones are one. ISO 8601; undefined when
 * there is none any more.
 */
export function nextRun({ cron, lastAt, since, timeZone }: StoredSchedule): string | undefined {
  return firstAfter(new Date(lastAt ?? since), { cron, timeZone })
}

function firstAfter(time: Date, { cron, timeZone }: Pick<BackupSchedule, 'cron' | 'timeZone'>): string | undefined {
  return new Cron(cron, { paused: true, timezone: timeZone }).nextRun(time)?.toISOString()
}

export function isDue(schedule: StoredSchedule, now: number): boolean {
  const next = nextRun(schedule)
  return next !== undefined && Date.parse(next) <= now
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}
