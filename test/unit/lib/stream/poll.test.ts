import { expect, test } from 'vitest'
import type { Clock } from '../../../../src/lib/core/clock.ts'
import { poll } from '../../../../src/lib/stream/poll.ts'

test('reads at once and again after each interval, until the consumer leaves', async () => {
  const slept: number[] = []
  const clock: Clock = { now: () => 0, sleep: async ms => void slept.push(ms) }
  let count = 0
  for await (const value of poll(() => ++count, { clock, intervalMs: 250 })) if (value === 3) break
  expect(count).toBe(3)
  expect(slept).toEqual([250, 250])
})

test('throws the reason when the signal aborts, and what reading throws', async () => {
  const stop = new AbortController()
  const polling = poll(() => 1, { intervalMs: 60_000, signal: stop.signal })
  await polling.next()
  const next = polling.next()
  stop.abort(new Error('enough'))
  await expect(next).rejects.toThrow('enough')

  const failing = poll(() => Promise.reject(new Error('broken')), { intervalMs: 1 })
  await expect(failing.next()).rejects.toThrow('broken')
})
