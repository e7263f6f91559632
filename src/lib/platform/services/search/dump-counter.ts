import { createLineScanner, type Line, startsWith, textOf } from '../line-scanner.ts'
import type { RowCounter } from '../port.ts'

const LOAD = Buffer.from('load --table ')
const ROW = Buffer.from('[')
const END = Buffer.from(']')
/** Before its rows a table has a line for the array and one for the names of its columns. */
const LINES_BEFORE = 2

/** Counts the records in a dump of Groonga (groonga.org, "dump"): a line each. Tables without records are not in it. */
export function createDumpCounter(): RowCounter {
  const rows = new Map<string, number>()
  let table: string | undefined
  let lines = 0
  const take = (line: Line): void => {
    if (table === undefined) {
      if (!startsWith(line, LOAD)) return
      table = textOf(line).slice(LOAD.length)
      lines = 0
    } else if (startsWith(line, ROW)) lines++
    else if (startsWith(line, END)) {
      rows.set(table, (rows.get(table) ?? 0) + lines - LINES_BEFORE)
      table = undefined
    }
  }
  const scanner = createLineScanner(take)
  return {
    result() {
      scanner.end()
      return table === undefined ? Object.fromEntries(rows) : undefined
    },
    write: chunk => scanner.write(chunk),
  }
}
