import { type Layout } from '../render/layout.ts'
import { safeText } from '../render/safe-text.ts'
import { fitColumns } from './fit-columns.ts'
import type { TableData } from './view.ts'

export interface TableOptions {
  readonly header: boolean
}

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

/** Aligned columns under their names; on a terminal a line for each row, where they can be made to fit. */
export async function printAligned(table: TableData, { header }: TableOptions, layout: Layout): Promise<string> {
  const { default: Table } = await import('cli-table3')
  const readable = {
    ...table,
    rows: table.rows.map(({ exact, shown }) => ({ exact, shown: shown.map(cell => safeText(oneField(cell))) })),
  }
  const {
    table: { columns, rows },
    widths,
  } = layout.isTerminal ? fitColumns(readable, layout.columns) : { table: readable, widths: [] }
  const head = header ? columns.map(name => layout.paint.dim(name.replaceAll('-', ' ').toUpperCase())) : []
  const printed = new Table({
    chars: NO_BORDER,
    colWidths: widths.map(width => width ?? null),
    head,
    style: { border: [], head: [], 'padding-left': 0, 'padding-right': 0 },
  })
  printed.push(...rows.map(({ shown }) => [...shown]))
  const lines = printed.toString().split('\n')
  return rows.length === 0 && !header ? '' : lines.map(line => `${line.trimEnd()}\n`).join('')
}

/** Exact values, one line for each row. */
export function printTsv({ columns, rows }: TableData, { header }: TableOptions): string {
  const lines = [...(header ? [columns] : []), ...rows.map(({ exact }) => exact)]
  return lines.map(cells => `${cells.map(cell => safeText(oneField(cell))).join('\t')}\n`).join('')
}

/**
 * RFC 4180 with line feeds. Spreadsheets run what begins with = + - @, a tab or a carriage return as a formula, and csv is
 * made for them: such a value gets a ' before it (OWASP, "CSV injection"). Programs read tsv or json.
 */
export async function printCsv({ columns, rows }: TableData, { header }: TableOptions): Promise<string> {
  const { stringify } = await import('csv-stringify/sync')
  const records = rows.map(({ exact }) => [...exact])
  return stringify(records, { columns: [...columns], escape_formulas: true, header })
}

/** One `name  value` line for each fact; those without a value are left out. */
export function printFacts({ columns, rows }: TableData, { isTerminal, paint }: Layout): string {
  const values = rows[0]?.shown ?? []
  const facts = columns.flatMap((name, at) => (values[at] ? [[name, values[at]] as const] : []))
  if (!isTerminal) return facts.map(([name, value]) => `${name}\t${safeText(oneField(value))}\n`).join('')
  const width = Math.max(0, ...facts.map(([name]) => name.length))
  return facts
    .map(([name, value]) => `${paint.dim(name.replaceAll('-', ' ').padEnd(width))}  ${safeText(value)}\n`)
    .join('')
}

function oneField(text: string): string {
  return text.replaceAll(/[\t\n\r]+/g, ' ')
}
