import { statSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod/mini'
import { createAloft } from '../aloft.ts'
import { createLog, FIRST_AT, RECORDS } from '../log-records.ts'
import { BASELINE, type Command, measure, median, ratio, type Run } from '../measure.ts'
import { atLeast, memoryAtMost, type Table } from '../report.ts'
import { programPath } from '../server-process.ts'
import { createWorkspace } from '../workspace.ts'

const NAIVE_PATH = '/v1/projects/bench/environments/main/logs'
const LINES_PER_SECOND = 900_000
const MEBIBYTES = 90
const SLOW_SECONDS = 10
const JQ_FILTER = String.raw`"\(.at) \(.instance) | \(.message)"`

const created = z.object({ result: z.object({ id: z.string() }) })

/** A million records of an environment's log, by `aloft logs` to /dev/null, into a pipe and to a slow reader. */
export async function* logs(rounds: number | undefined): AsyncGenerator<Table> {
  using workspace = createWorkspace()
  const aloft = createAloft(workspace.directory)
  await aloft.run('projects', 'create', 'bench')
  const answer = await aloft.run('environments', 'create', 'main', '--project', 'bench', '--json')
  const { id } = created.parse(JSON.parse(answer)).result
  const files = await createLog(join(aloft.home, 'data/environments', id, 'logs'))
  const bytes = files.reduce((sum, file) => sum + statSync(file).size, 0)
  const title = `logs of ${RECORDS / 1_000_000} M records, ${Math.round(bytes / RECORDS)} B each`
  const target = ['--project', 'bench', '--environment', 'main']
  const ours = aloft.command('logs', ...target, '--since', FIRST_AT, '--timestamps')
  try {
    yield await fast(title, { files, home: aloft.home, ours, rounds: rounds ?? 5 })
    yield await slow(title, ours)
  } finally {
    await aloft.run('platform', 'stop', '--all')
  }
}

interface FastInput {
  readonly ours: Command
  readonly home: string
  readonly files: readonly string[]
  readonly rounds: number
}

async function fast(title: string, { files, home, ours, rounds }: FastInput): Promise<Table> {
  const naive = [process.execPath, programPath('naive-log-client.mjs'), join(home, 'run/platform.sock'), NAIVE_PATH]
  const commands: Command[] = [
    BASELINE,
    { ...ours, label: 'aloft logs > /dev/null' },
    { ...ours, argv: piped(ours.argv, ['cat']), label: 'aloft logs | cat' },
    { argv: naive, label: 'naive: ws, JSON.parse, console.log > /dev/null' },
    { argv: piped(naive, ['cat']), label: 'naive | cat' },
    { argv: ['jq', '-r', JQ_FILTER, ...files], label: 'jq -r, from the file > /dev/null' },
  ]
  const series = await measure(commands, { rounds })
  const jq = series.at(-1) ?? []
  const rows = commands.map(({ label }, index) => {
    const runs = series[index] ?? []
    const isOurs = label.startsWith('aloft')
    const speed = linesPerSecond(runs)
    return {
      goals: isOurs
        ? [atLeast(speed, LINES_PER_SECOND, `${LINES_PER_SECOND / 1_000_000} M lines/s`), memoryAtMost(runs, MEBIBYTES)]
        : [],
      label,
      notes:
        label === BASELINE.label
          ? []
          : [`${(speed / 1_000_000).toFixed(2)} M lines/s`, `${ratio(jq, runs).toFixed(1)}x jq's speed`],
      runs,
    }
  })
  return { rows, title }
}

/** Bounded: the reader goes after some seconds, long before the end of the log. */
async function slow(title: string, command: Command): Promise<Table> {
  const reader = [process.execPath, programPath('slow-reader.mjs'), String(SLOW_SECONDS)]
  const ours = { ...command, argv: piped(command.argv, reader), label: 'aloft logs | reader of 1 MB/s' }
  const [base = [], runs = []] = await measure([BASELINE, ours], { rounds: 1, warmups: 0 })
  return {
    rows: [
      { label: BASELINE.label, runs: base },
      { goals: [memoryAtMost(runs, MEBIBYTES)], label: ours.label, runs },
    ],
    title: `${title}: the first ${SLOW_SECONDS} s with a slow reader`,
  }
}

/** Whole processes from start to end: what it takes to start counts too. */
function linesPerSecond(runs: readonly Run[]): number {
  return RECORDS / (median(runs.map(({ wallMs }) => wallMs)) / 1000)
}

/** A real pipe: those that Node makes for its children are sockets. */
function piped(from: readonly string[], to: readonly string[]): string[] {
  return ['sh', '-c', `${quote(from)} | ${quote(to)} > /dev/null`]
}

function quote(argv: readonly string[]): string {
  return argv.map(each => `'${each}'`).join(' ')
}
