import { describe, expect, it } from 'vitest'
import type { Backup, BackupContent } from '../../../../../src/lib/core/model.ts'
import { expendable, expiryOf, lastGood } from '../../../../../src/lib/platform/backups/retention.ts'

const NOW = Date.parse('2026-11-28T12:00:00Z')
const FAILED = { at: '', problems: ['a row is missing'], result: 'failed' } as const
const NOTHING = { days: 0, months: 0, weeks: 0 }

const FILES: BackupContent = { bytes: 1, kind: 'volume', name: 'uploads' }
const DATABASE: BackupContent = { bytes: 1, kind: 'database', name: 'db' }

/** Expired, complete, of everything, unless told. */
function backup(createdAt: string, more: Partial<Backup> = {}): Backup {
  return {
    consistency: 'consistent',
    contents: [DATABASE, FILES],
    createdAt,
    environment: 'main',
    expiresAt: createdAt,
    id: `bkp_${createdAt}`,
    project: 'shop',
    reason: 'scheduled',
    sizeBytes: 1,
    state: 'complete',
    ...more,
  }
}

describe('which backups may go', () => {
  it('is all but the newest of each day, week and month that counts', () => {
    const times = [
      '2026-11-28T03:00:00.000Z', // newest: day 1, week 1, month 1
      '2026-11-28T01:00:00.000Z', // the same day
      '2026-11-27T03:00:00.000Z', // day 2
      '2026-11-26T03:00:00.000Z', // day 3 of 2, same week
      '2026-11-22T03:00:00.000Z', // Sunday: week 2
      '2026-11-20T03:00:00.000Z', // the same week
      '2026-10-31T03:00:00.000Z', // month 2
      '2026-10-01T03:00:00.000Z', // the same month
    ]
    const gone = expendable(
      times.map(time => backup(time)),
      { days: 2, months: 2, weeks: 2 },
      NOW,
    )

    expect(gone).toEqual([1, 3, 5, 7].map(index => `bkp_${times[index]}`))
  })

  it('is none of the last good one, even when nothing is to be kept and a newer one failed its verification', () => {
    const all = [
      backup('2026-11-27T03:00:00.000Z', { verification: FAILED }),
      backup('2026-11-26T03:00:00.000Z'),
      backup('2026-11-25T03:00:00.000Z'),
    ]

    expect(expendable(all, NOTHING, NOW)).toEqual([all[0]?.id, all[2]?.id])
  })

  it('is none that alone has the databases of its day, whatever was made of the files later', () => {
    const all = [
      backup('2026-11-27T23:00:00.000Z', { contents: [FILES] }),
      backup('2026-11-27T22:00:00.000Z', { contents: [DATABASE], verification: FAILED }),
      backup('2026-11-27T03:00:00.000Z'),
      backup('2026-11-26T23:00:00.000Z', { contents: [FILES] }),
      backup('2026-11-26T03:00:00.000Z'),
    ]

    expect(expendable(all, { days: 2, months: 0, weeks: 0 }, NOW)).toEqual([all[1]?.id])
    expect(expendable(all, NOTHING, NOW)).toEqual([1, 3, 4].map(index => all[index]?.id))
  })

  it('is none whose day has only later ones of what a restore replaced, from files, or that failed their verification', () => {
    const all = [
      backup('2026-11-27T23:00:00.000Z', { reason: 'safety' }),
      backup('2026-11-27T22:00:00.000Z', { expiresAt: undefined, reason: 'upload' }),
      backup('2026-11-27T21:00:00.000Z', { verification: FAILED }),
      backup('2026-11-27T03:00:00.000Z'),
    ]

    expect(expendable(all, { days: 1, months: 0, weeks: 0 }, NOW)).toEqual([all[0]?.id, all[2]?.id])
    expect(expendable(all, NOTHING, NOW)).toEqual([all[0]?.id, all[2]?.id])
  })

  it('is the failed ones once they expired, but neither what runs, nor what is young, nor what is to be kept', () => {
    const all = [
      backup('2026-11-28T11:00:00.000Z', { state: 'running' }),
      backup('2026-11-28T10:00:00.000Z', { state: 'failed' }),
      backup('2026-11-28T09:00:00.000Z'),
      backup('2026-11-28T08:00:00.000Z', { expiresAt: '2026-11-29T08:00:00.000Z' }),
      backup('2026-11-28T07:00:00.000Z', { expiresAt: undefined }),
    ]

    expect(expendable(all, NOTHING, NOW)).toEqual([all[1]?.id])
  })

  it('is nothing of a backup that was made with the wish to keep it, or that came from a file', () => {
    expect(expiryOf('manual', true, NOW)).toBeUndefined()
    expect(expiryOf('upload', false, NOW)).toBeUndefined()
    expect(expiryOf('scheduled', false, NOW)).toBe('2026-11-29T12:00:00.000Z')
  })
})

it('takes for the last good one the newest complete one where all failed their verification', () => {
  const newest = backup('2026-11-27T03:00:00.000Z', { verification: FAILED })

  expect(new Set(lastGood([backup('2026-11-26T03:00:00.000Z', { verification: FAILED }), newest]))).toEqual(
    new Set([newest]),
  )
  const safety = backup('2026-11-28T03:00:00.000Z', { reason: 'safety' })
  expect(new Set(lastGood([newest, safety]))).toEqual(new Set([safety]))
  expect(lastGood([backup('2026-11-26T03:00:00.000Z', { state: 'failed' })])).toEqual([])
})

it('takes for the last good ones one of the databases and one of the files', () => {
  const files = backup('2026-11-27T03:00:00.000Z', { contents: [FILES] })
  const databases = backup('2026-11-26T03:00:00.000Z', { contents: [DATABASE] })

  expect(lastGood([files, databases, backup('2026-11-25T03:00:00.000Z')])).toEqual([databases, files])
})
