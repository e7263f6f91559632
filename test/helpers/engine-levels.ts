import { describe } from 'vitest'
import { type Level, probeIsolation } from '../../src/lib/platform/engine/process/isolation/probe.ts'

export const LEVELS = ['namespaces', 'user', 'none'] as const

/** Why this machine does not have a level of isolation; undefined when it does. */
export async function missingLevel(level: Level): Promise<string | undefined> {
  return probeIsolation(level).then(
    () => undefined,
    (error: unknown) => String(error),
  )
}

/** Describes what holds at each of the levels; those that this machine does not have are left out, with the reason. */
export async function describeLevels(
  title: string,
  define: (level: Level) => void,
  levels: readonly Level[] = LEVELS,
): Promise<void> {
  for (const level of levels) {
    const missing = await missingLevel(level)
    const reason = missing === undefined ? '' : ` (skipped: ${missing})`
    describe.skipIf(missing !== undefined)(`${title} at level ${level}${reason}`, () => {
      define(level)
    })
  }
}
