import { expect, test } from 'vitest'
import { expiryWarning } from '../../../../src/lib/providers/expiry.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const NOW = Date.parse('2026-01-31T12:00:00.000Z')

const at = (ms: number): string => new Date(ms).toISOString()

function warningFor({ age, left }: { age?: number; left: number }): string | undefined {
  const since = age === undefined ? {} : { since: at(NOW - age) }
  const account = { address: 'https://cloud.example', name: 'work', provider: 'platform', ...since }
  return expiryWarning({ ...account, expiresAt: at(NOW + left) }, NOW)
}

test.each([
  { age: 81 * DAY, left: 9 * DAY - HOUR, what: 'a tenth of 90 days' },
  { age: 3 * DAY, left: 23 * HOUR, what: 'less than a day of four' },
  { age: 55 * 60_000, left: 5 * 60_000, what: 'a tenth of an hour' },
  { left: HOUR, what: 'an hour of an unknown life' },
])('warns when $what is left', ({ what: _what, ...times }) => {
  expect(warningFor(times)).toContain('work expires at 2026-0')
})

test.each([{ age: DAY, left: 89 * DAY }, { age: 10 * 60_000, left: 50 * 60_000 }, { left: 2 * DAY }])(
  'says nothing while much is left: %j',
  times => {
    expect(warningFor(times)).toBeUndefined()
  },
)

test('says when it has expired', () => {
  expect(warningFor({ age: DAY, left: -HOUR })).toContain('expired at 2026-01-31T11:00:00.000Z')
})

test('says nothing of a credential that does not expire', () => {
  expect(expiryWarning({ address: 'x', name: 'work', provider: 'platform' }, NOW)).toBeUndefined()
})
