import { chmod } from 'node:fs/promises'
import { dirname } from 'node:path'
import { probeIsolation } from '../../../src/lib/platform/engine/process/isolation/probe.ts'
import { createFixture } from '../../helpers/process-engine.ts'
import { describeEngine } from './engine-contract.ts'

for (const level of ['namespaces', 'user', 'none'] as const) {
  const missing = await probeIsolation(level).then(
    () => undefined,
    (error: unknown) => String(error),
  )
  describeEngine({
    async create() {
      const fixture = await createFixture({ level })
      await chmod(dirname(fixture.layout.home.data), 0o711)
      return fixture
    },
    missing,
    name: `process (${level})`,
  })
}
