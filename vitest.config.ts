import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Small files that take long: begun last, as small ones are, each would keep the others waiting. */
const LONG =
  /(contract\/(engine|services)|integration\/(activities|backups\/kill|build|engine\/stop-tree)|e2e\/(kill-|runtimes|examples))/

/** Within a level the long ones first, then as vitest would. */
class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    // oxlint-disable-next-line unicorn/no-array-sort -- it sorts no array in place
    const sorted = await super.sort(files)
    return sorted.toSorted((a, b) => levelOf(a) - levelOf(b) || Number(isLong(b)) - Number(isLong(a)))
  }
}

function levelOf({ project }: TestSpecification): number {
  return project.config.sequence.groupOrder
}

function isLong({ moduleId }: TestSpecification): boolean {
  return LONG.test(moduleId)
}

interface Limits {
  readonly workers: number
  readonly seconds: number
  readonly env?: Readonly<Record<string, string>>
  readonly globalSetup?: string
}

/** Each level waits for the one before; real processes share two cores, so few run at a time. */
const level = (name: string, order: number, limits: Limits) => ({
  extends: true as const,
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    maxWorkers: limits.workers,
    testTimeout: limits.seconds * 1000,
    hookTimeout: limits.seconds * 1000,
    sequence: { groupOrder: order },
    ...(limits.globalSetup ? { globalSetup: [limits.globalSetup] } : {}),
    ...(limits.env ? { env: limits.env } : {}),
  },
})

/** Keepers, edges and platforms that tests start from the sources: each would have to compile them again. */
const env = { NODE_COMPILE_CACHE: fileURLToPath(new URL('node_modules/.cache/compile', import.meta.url)) }

const built = './test/helpers/require-build.ts'

export default defineConfig({
  test: {
    pool: 'forks',
    // oclif writes to the real streams, and so do the tests that look at them
    disableConsoleIntercept: true,
    sequence: { sequencer: LongFirst },
    projects: [
      level('unit', 0, { workers: 2, seconds: 10 }),
      level('contract', 1, { env, workers: 2, seconds: 30 }),
      level('integration', 2, { env, workers: 2, seconds: 60 }),
      level('e2e', 3, { env, globalSetup: built, workers: 2, seconds: 120 }),
      level('long', 4, { globalSetup: built, workers: 1, seconds: 1800 }),
    ],
  },
})
