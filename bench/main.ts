import { cpus, totalmem } from 'node:os'
import { parseArgs } from 'node:util'
import { missedGoals, renderTable, type Table } from './report.ts'
import { backup } from './suites/backup.ts'
import { deploy } from './suites/deploy.ts'
import { intake } from './suites/intake.ts'
import { logs } from './suites/logs.ts'
import { recovery } from './suites/recovery.ts'
import { start } from './suites/start.ts'

const USAGE = 'usage: npm run bench -- [--only start|intake|logs|deploy|recovery|backup]… [--rounds N]'

/** Yields its tables as they are done. */
type Suite = (rounds: number | undefined) => AsyncIterable<Table>

const suites: ReadonlyMap<string, Suite> = new Map([
  ['start', start],
  ['intake', intake],
  ['logs', logs],
  ['deploy', deploy],
  ['recovery', recovery],
  ['backup', backup],
])

process.exitCode = await main()

async function main(): Promise<number> {
  const { only, rounds } = readArguments()
  const unknown = only.filter(name => !suites.has(name))
  if (unknown.length > 0 || (rounds !== undefined && !(Number.isInteger(rounds) && rounds > 0))) {
    console.error(USAGE)
    return 2
  }
  console.log(describeMachine())
  const missed: string[] = []
  for (const [name, suite] of suites)
    if (only.length === 0 || only.includes(name)) missed.push(...(await run(name, suite, rounds)))
  console.log(
    missed.length === 0 ? '\nall goals met' : `\ngoals missed:\n${missed.map(each => `  ${each}`).join('\n')}`,
  )
  return missed.length === 0 ? 0 : 1
}

/** Prints the tables of a suite; returns what was missed. A suite that breaks off is missed too: the others go on. */
async function run(name: string, suite: Suite, rounds: number | undefined): Promise<string[]> {
  const missed: string[] = []
  try {
    for await (const table of suite(rounds)) {
      console.log(`\n${renderTable(table)}`)
      missed.push(...missedGoals(table))
    }
  } catch (error) {
    console.log(`\n${name}: could not be measured`)
    missed.push(`${name}: not measured: ${error instanceof Error ? error.message : String(error)}`)
  }
  return missed
}

function readArguments(): { only: readonly string[]; rounds: number | undefined } {
  const { values } = parseArgs({ options: { only: { multiple: true, type: 'string' }, rounds: { type: 'string' } } })
  return { only: values.only ?? [], rounds: values.rounds === undefined ? undefined : Number(values.rounds) }
}

function describeMachine(): string {
  const [first] = cpus()
  const memory = Math.round(totalmem() / 1024 ** 3)
  return `${new Date().toISOString().slice(0, 10)}, Node ${process.versions.node}, ${cpus().length} x ${first?.model ?? 'CPU'}, ${memory} GiB`
}
