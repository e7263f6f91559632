import { execFile, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { BASELINE, cleanEnvironment, type Command, measure, peakOf, ratio, type Run } from '../measure.ts'
import { atMost, type Goal, type Table } from '../report.ts'
import { createWorkspace } from '../workspace.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const ALOFT = [process.execPath, join(ROOT, 'bin/run.js')]
const ROUNDS = 21
/** Of node's own. */
const MEMORY = 1.5

/** What is asked of aloft, and the most it may take, times `node -e 0`. */
const ASKED: readonly (readonly [args: string, limit: number])[] = [
  ['--version', 1.25],
  ['--help', 1.3],
  ['deploy --help', 1.3],
  ['projects create --help', 1.3],
  ['__complete fish proj', 1.3],
  ['config', 2.3],
  ['explain failed.health', 2.3],
  ['whoami', 2.6],
  ['projects --json', 2.6],
]
const ON_TERMINAL: readonly (readonly [args: string, limit: number])[] = [
  ['--help', 2.3],
  ['deploy --help', 2.3],
]
/** A large command line made with oclif as it is usually shipped, and two in Go. */
const OTHERS: readonly Command[] = [
  { argv: [process.execPath, join(ROOT, 'node_modules/oclif/bin/run.js'), '--version'], label: 'oclif --version' },
  { argv: [process.execPath, join(ROOT, 'node_modules/oclif/bin/run.js'), '--help'], label: 'oclif --help' },
  { argv: ['gh', '--version'], label: 'gh --version' },
  { argv: ['gh', '--help'], label: 'gh --help' },
  { argv: ['kubectl', 'version', '--client'], label: 'kubectl version' },
  { argv: ['kubectl', '--help'], label: 'kubectl --help' },
]

/** What aloft takes to start, beside others; a platform runs, so that what asks it takes one call. */
export async function* start(rounds = ROUNDS): AsyncGenerator<Table> {
  using workspace = createWorkspace()
  const env = { ALOFT_HOME: join(workspace.directory, 'home') }
  const run = promisify(execFile)
  const aloft = async (...args: string[]): Promise<unknown> =>
    run(process.execPath, [ALOFT[1] ?? '', ...args], { env: { ...cleanEnvironment(), ...env } })
  try {
    await aloft('platform', 'start')
    yield await besideNode('start', [...ASKED.map(asked => toCommand(asked, env)), ...others()], rounds)
    const onTerminals = ON_TERMINAL.map(asked => onTerminal(toCommand(asked, env)))
    if (has('script')) yield await besideNode('start on a terminal', onTerminals, rounds)
  } finally {
    await aloft('platform', 'stop', '--all')
  }
}

interface Asked extends Command {
  readonly limit?: number | undefined
}

function toCommand([args, limit]: readonly [string, number], env: NodeJS.ProcessEnv): Asked {
  return { argv: [...ALOFT, ...args.split(' ')], env, label: `aloft ${args}`, limit }
}

/** `script` of util-linux gives a command a terminal. */
function onTerminal(command: Asked): Asked {
  const quoted = command.argv.map(each => `'${each}'`).join(' ')
  return { ...command, argv: ['script', '--quiet', '--return', '--command', quoted, '/dev/null'] }
}

function others(): readonly Command[] {
  return OTHERS.filter(({ argv: [program = ''] }) => has(program))
}

function has(program: string): boolean {
  return spawnSync(program, ['--version'], { stdio: 'ignore' }).error === undefined
}

async function besideNode(title: string, asked: readonly Asked[], rounds: number): Promise<Table> {
  const baseline = title === 'start' ? BASELINE : onTerminal(BASELINE)
  const [base = [], ...series] = await measure([baseline, ...asked], { rounds, warmups: 2 })
  const rows = asked.map(({ label, limit }, index) => {
    const runs = series[index] ?? []
    return { goals: limit === undefined ? [] : goalsOf(runs, base, limit), label, runs }
  })
  return { rows: [{ label: BASELINE.label, runs: base }, ...rows], title }
}

function goalsOf(runs: readonly Run[], base: readonly Run[], limit: number): readonly Goal[] {
  const memory = (peakOf(runs) ?? 0) / (peakOf(base) ?? 1)
  return [
    atMost(ratio(runs, base), limit, `${limit}x ${BASELINE.label}`),
    atMost(memory, MEMORY, `${MEMORY}x its memory (${memory.toFixed(2)})`),
  ]
}
