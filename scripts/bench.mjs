// `npm run bench`: measures beside other tools, in one run on one machine, and prints ratios.
import { setup } from './setup.mjs'
import { command } from './steps.mjs'

setup('bench')
const isGood =
  (await command(['npm', 'run', '--silent', 'build'])) &&
  (await command(['node', 'scripts/build/bench-programs.ts'])) &&
  (await command(['node', 'bench/main.ts', ...process.argv.slice(2)]))
process.exitCode = isGood ? 0 : 1
