import type { Clock } from '../../src/lib/core/clock.ts'

export interface ManualClock extends Clock {
  /** Lets time pass, second by second, with everything that happens meanwhile. */
  pass(ms: number): Promise<void>
}

/** A clock that stands still until it is told to go on. */
export function createManualClock(): ManualClock {
  let time = 0
  const sleepers = new Set<{ readonly at: number; readonly wake: () => void }>()
  return {
    now: () => time,
    pass: async ms => {
      const end = time + ms
      while (time < end) {
        await settle()
        time = Math.min(end, time + 1000)
        for (const sleeper of sleepers) {
          if (sleeper.at > time) continue
          sleepers.delete(sleeper)
          sleeper.wake()
        }
      }
      await settle()
    },
    sleep: async (ms, signal) =>
      new Promise((resolve, reject) => {
        const sleeper = { at: time + ms, wake: resolve }
        sleepers.add(sleeper)
        signal?.addEventListener('abort', () => {
          sleepers.delete(sleeper)
          reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'))
        })
      }),
  }
}

/** Lets everything go on that waits for no clock. */
async function settle(): Promise<void> {
  for (let i = 0; i < 5; i++) await new Promise(resolve => setImmediate(resolve))
}
