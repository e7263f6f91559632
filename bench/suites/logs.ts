import { statSync } from 'node:fs'
import { join } from 'node:path'
import { createLog, RECORDS } from '../log-records.ts'
import { BASELINE, type Command, measure, median, type Run } from '../measure.ts'
import { atLeast, memoryAtMost, type Table } from '../report.ts'
import { programPath, ServerProcess } from '../server-process.ts'
import { createWorkspace } from '../workspace.ts'

const PATH = '/v1/projects/bench/environments/main/logs'
const LINES_PER_SECOND = 900_000
const MEBIBYTES = 90
const SLOW_SECONDS = 10
const JQ_FILTER = String.raw`"\(.at) \(.instance) | \(.message)"`

/** A million records from the platform's log reader, formatted to /dev/null, into a pipe and to a slow reader. */
export async function* logs(rounds: number | undefined): AsyncGenerator<Table> {
  using workspace = createWorkspace()
  const socket = join(workspace.directory, 'platform.sock')
  const files = await createLog(workspace.directory)
  const server = await ServerProcess.start('log-server.mjs', [workspace.directory, socket])
  const client = (program: string): string[] => [process.execPath, programPath(program), socket, PATH]
  const bytes = files.reduce((sum, file) => sum + statSync(file).size, 0)
  const title = `logs of ${RECORDS / 1_000_000} M records, ${Math.round(bytes / RECORDS)} B each`
  try {
    yield await fast(title, { client, files, rounds: rounds ?? 5 })
    yield await slow(title, client('log-client.mjs'))
  } finally {
    await server.stop()
  }
}

interface FastInput {
  readonly client: (program: string) => string[]
  readonly files: readonly string[]
  readonly rounds: number
}

async function fast(title: string, { client, files, rounds }: FastInput): Promise<Table> {
  const commands: Command[] = [
    BASELINE,
    { argv: client('log-client.mjs'), label: 'aloft > /dev/null' },
    { argv: piped(client('log-client.mjs'), ['cat']), label: 'aloft | cat' },
    { argv: client('naive-log-client.mjs'), label: 'naive: ws, JSON.parse, console.log > /dev/null' },
    { argv: piped(client('naive-log-client.mjs'), ['cat']), label: 'naive | cat' },
    { argv: ['jq', '-r', JQ_FILTER, ...files], label: 'jq -r, from the file > /dev/null' },
  ]
  const series = await measure(commands, { rounds })
  const rows = commands.map(({ label }, index) => {
    const runs = series[index] ?? []
    const isOurs = label.startsWith('aloft')
    const speed = linesPerSecond(runs)
    return {
      goals: isOurs
        ? [atLeast(speed, LINES_PER_SECOND, `${LINES_PER_SECOND / 1_000_000} M lines/s`), memoryAtMost(runs, MEBIBYTES)]
        : [],
      label,
      notes: label === BASELINE.label ? [] : [`${(speed / 1_000_000).toFixed(2)} M lines/s`],
      runs,
    }
  })
  return { rows, title }
}

/** Bounded: the reader goes after some seconds, long before the end of the log. */
async function slow(title: string, client: readonly string[]): Promise<Table> {
  const reader = [process.execPath, programPath('slow-reader.mjs'), String(SLOW_SECONDS)]
  const ours: Command = { argv: piped(client, reader), label: 'aloft | reader of 1 MB/s' }
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
