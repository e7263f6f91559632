import { parseArgs } from 'node:util'
import { cpus, totalmem } from 'node:os'
import { missedGoals, renderTable, type Table } from './report.ts'
import { intake } from './suites/intake.ts'

const SUITES: Readonly<Record<string, (rounds: number | undefined) => AsyncIterable<Table>>> = { intake }

const { values } = parseArgs({ options: { only: { multiple: true, type: 'string' }, rounds: { type: 'string' } } })
const missed: string[] = []
for (const name of values.only ?? Object.keys(SUITES)) {
  for await (const table of SUITES[name]?.(values.rounds === undefined ? undefined : Number(values.rounds)) ?? []) {
    console.log(`\n${renderTable(table)}`)
    missed.push(...missedGoals(table))
  }
}
