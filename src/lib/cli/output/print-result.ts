import { AppError } from '../../core/errors.ts'
import type { Layout } from '../render/layout.ts'
import { safeText } from '../render/safe-text.ts'
import { isTable, type OutputChoice } from './choice.ts'
import { printAligned, printCsv, printFacts, printTsv } from './print-table.ts'
import { selectColumns } from './select-columns.ts'
import type { TableView, View } from './view.ts'

interface Printing {
  readonly choice: OutputChoice
  readonly layout: Layout
}

/** What a result looks like outside a document, as it was chosen. @throws usage.flag for a column that is not there */
export async function printResult<T>(result: T, view: View<T>, { choice, layout }: Printing): Promise<string> {
  if (typeof view !== 'function') return printTable(result, view, { choice, layout })
  if (!isTable(choice)) return view(result, layout)
  throw new AppError('usage.flag', 'this result is no table: it has no columns', {
    suggestions: ['leave out --columns, --sort, --no-header and --output', 'see `aloft help formatting`'],
  })
}

async function printTable<T>(result: T, view: TableView<T>, { choice, layout }: Printing): Promise<string> {
  if (view.text && !isTable(choice)) return view.text(result, layout)
  const { format, header } = choice
  const table = selectColumns(view.read(result, layout), choice)
  if (format === 'csv') return printCsv(table, choice)
  if (format === 'tsv') return printTsv(table, choice)
  if (view.kind === 'record') return printFacts(table, layout)
  if (format === 'table' || layout.isTerminal) return printAligned(table, { header }, layout)
  return printTsv(table, { header: false })
}

/** What a query found: text as it is, for scripts; else JSON. */
export function printFound(found: unknown, layout: Layout): string {
  const text = typeof found === 'string' ? found : JSON.stringify(found, null, 2)
  return `${layout.isTerminal ? safeLines(text) : text}\n`
}

function safeLines(text: string): string {
  return text.split('\n').map(safeText).join('\n')
}
