import { describe, expect, it } from 'vitest'
import { checkSchedule, isDue, nextRun, type StoredSchedule } from '../../../../../src/lib/platform/backups/schedule.ts'

const NIGHTLY: StoredSchedule = {
  consistency: 'consistent',
  cron: '30 2 * * *',
  only: [],
  since: '2026-11-27T12:00:00.000Z',
  timeZone: 'Europe/Madrid',
}

describe('a schedule of backups', () => {
  it('means the times of its time zone', () => {
    expect(nextRun(NIGHTLY)).toBe('2026-11-28T01:30:00.000Z')
    expect(nextRun({ ...NIGHTLY, since: '2026-07-01T12:00:00.000Z' })).toBe('2026-07-02T00:30:00.000Z')
  })

  it('is due from its time on, once for all runs that were missed, and not again once that one began', () => {
    const afterAWeek = Date.parse('2026-12-04T10:00:00.000Z')

    expect(isDue(NIGHTLY, Date.parse('2026-11-28T01:29:59.999Z'))).toBe(false)
    expect(isDue(NIGHTLY, Date.parse('2026-11-28T01:30:00.000Z'))).toBe(true)
    expect(isDue(NIGHTLY, afterAWeek)).toBe(true)
    expect(isDue({ ...NIGHTLY, lastAt: new Date(afterAWeek).toISOString() }, afterAWeek)).toBe(false)
  })

  it('has missed nothing from before it was set', () => {
    expect(isDue({ ...NIGHTLY, since: '2026-11-28T01:31:00.000Z' }, Date.parse('2026-11-28T12:00:00.000Z'))).toBe(false)
  })

  it.each([
    [{ cron: 'at night', timeZone: 'UTC' }, '"at night" is no schedule'],
    [{ cron: '0 3 * *', timeZone: 'UTC' }, 'expected five fields'],
    [{ cron: '0 3 31 2 *', timeZone: 'UTC' }, '"0 3 31 2 *" never comes'],
    [{ cron: '0 3 * * *', timeZone: 'Mars/Olympus' }, 'there is no time zone "Mars/Olympus"'],
  ])('%j is refused with what is wrong', (schedule, message) => {
    expect(() => checkSchedule(schedule, 'env_1')).toThrow(message)
  })

  it('replaces H by a number that stays the same for an environment', () => {
    const { cron } = checkSchedule({ cron: 'H 3 * * *', timeZone: 'UTC' }, 'env_1')

    expect(cron).toMatch(/^\d+ 3 \* \* \*$/)
    expect(checkSchedule({ cron: 'H 3 * * *', timeZone: 'UTC' }, 'env_1').cron).toBe(cron)
  })
})
