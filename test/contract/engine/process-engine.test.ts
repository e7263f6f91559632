import { chmod } from 'node:fs/promises'
import { dirname } from 'node:path'
import { describe, test } from 'vitest'
import { probeIsolation, type Level } from '../../../src/lib/platform/engine/process/isolation/probe.ts'
import { createFixture } from '../../helpers/process-engine.ts'
import { describeEngine } from './engine-contract.ts'

for (const level of ['namespaces', 'user', 'none'] as const) {
  const missing = await whyMissing(level)
  if (missing === undefined) {
    describeEngine(`the process engine at level ${level}`, async () => {
      const fixture = await createFixture({ level })
      await chmod(dirname(fixture.layout.home.data), 0o711)
      return fixture
    })
  } else describe(`the process engine at level ${level}`, () => test.skip(`skipped: ${missing}`))
}

async function whyMissing(level: Level): Promise<string | undefined> {
  return probeIsolation(level).then(
    () => undefined,
    (error: unknown) => String(error),
  )
}
