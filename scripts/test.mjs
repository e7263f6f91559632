// `npm test`: everything a change has to pass. All steps run, also after one failed.
import { runDemo } from './demo-step.mjs'
import { runPacked } from './packed.mjs'
import { setup } from './setup.mjs'
import { command, runSteps } from './steps.mjs'
import { runVitest, summary } from './vitest.mjs'

const isLong = process.argv.includes('--long')
const tests = { failed: 0, passed: 0, skipped: 0 }
const failures = []

const build = { name: 'build', run: () => command(['npm', 'run', '--silent', 'build']) }
const vitest = projects => ({
  name: `tests: ${projects.join(', ')}`,
  run: async () => {
    const { isGood, failures: found, ...counts } = await runVitest(projects)
    for (const key of Object.keys(tests)) tests[key] += counts[key]
    failures.push(...found)
    return isGood
  },
})

setup('test')
const failed = await runSteps(
  isLong
    ? [build, vitest(['long'])]
    : [
        { name: 'format', run: () => command(['oxfmt', '--check']) },
        { name: 'lint', run: () => command(['oxlint', '--type-aware']) },
        { name: 'types', run: () => command(['tsc', '--noEmit']) },
        build,
        vitest(['unit', 'contract', 'integration']),
        vitest(['e2e']),
        { name: 'package', run: runPacked },
        { name: 'demo', run: runDemo },
      ],
)

for (const failure of failures) console.log(`\nfailed: ${failure}`)
console.log(failed.length === 0 ? '\nall steps passed' : `\nfailed steps: ${failed.join('; ')}`)
console.log(summary(tests))
process.exitCode = failed.length === 0 ? 0 : 1
