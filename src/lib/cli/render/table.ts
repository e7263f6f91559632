import Table from 'cli-table3'
import type { Layout } from './layout.ts'
import { safeText } from './safe-text.ts'

const NO_BORDER = {
  bottom: '',
  'bottom-left': '',
  'bottom-mid': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  middle: '  ',
  right: '',
  'right-mid': '',
  top: '',
  'top-left': '',
  'top-mid': '',
  'top-right': '',
}

export interface Column<T> {
  readonly head: string
  readonly cell: (row: T, layout: Layout) => string
}

/** Aligned columns with a head on a terminal; tab-separated values without one in a pipe. */
export function renderTable<T>(rows: readonly T[], columns: readonly Column<T>[], layout: Layout): string {
  const cells = rows.map(row => columns.map(column => safeText(oneField(column.cell(row, layout)))))
  if (!layout.isTerminal) return cells.map(row => `${row.join('\t')}\n`).join('')
  const table = new Table({
    chars: NO_BORDER,
    head: columns.map(column => layout.paint.dim(column.head.toUpperCase())),
    style: { border: [], head: [], 'padding-left': 0, 'padding-right': 0 },
  })
  table.push(...cells)
  return `${table
    .toString()
    .split('\n')
    .map(line => line.trimEnd())
    .join('\n')}\n`
}

/** One `name  value` line for each fact; those without a value are left out. */
export function renderFacts(facts: readonly (readonly [string, string | undefined])[], layout: Layout): string {
  const known = facts.filter((fact): fact is readonly [string, string] => fact[1] !== undefined && fact[1] !== '')
  if (!layout.isTerminal) return known.map(([name, value]) => `${name}\t${oneField(value)}\n`).join('')
  const width = Math.max(0, ...known.map(([name]) => name.length))
  return known.map(([name, value]) => `${layout.paint.dim(name.padEnd(width))}  ${safeText(value)}\n`).join('')
}

function oneField(text: string): string {
  return text.replaceAll(/[\t\n\r]+/g, ' ')
}
