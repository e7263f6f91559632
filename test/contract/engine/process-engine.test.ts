import { LEVELS, missingLevel } from '../../helpers/engine-levels.ts'
import { createFixture } from '../../helpers/process-engine.ts'
import { describeEngine } from './engine-contract.ts'

for (const level of LEVELS)
  describeEngine({
    create: () => createFixture({ level }),
    missing: await missingLevel(level),
    name: `process (${level})`,
  })
