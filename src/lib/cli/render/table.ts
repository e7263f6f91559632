import { printAligned, printFacts, printTsv } from '../output/print-table.ts'
import { type Column, readTable } from '../output/view.ts'
import type { Layout } from './layout.ts'

/** A table inside a text: aligned with a head on a terminal; tab-separated values without one in a pipe. */
export async function renderTable<T>(
  rows: readonly T[],
  columns: readonly Column<T>[],
  layout: Layout,
): Promise<string> {
  const table = readTable(rows, columns, layout)
  return layout.isTerminal ? printAligned(table, { header: true }, layout) : printTsv(table, { header: false })
}

/** One `name  value` line for each fact; those without a value are left out. */
export function renderFacts<T>(record: T, columns: readonly Column<T>[], layout: Layout): string {
  return printFacts(readTable([record], columns, layout), layout)
}
