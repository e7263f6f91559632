import type { ErrorExplanation } from '../../core/error-codes.ts'
import { type Column, listView, recordView } from '../output/view.ts'
import type { Layout } from './layout.ts'

export interface Explanation extends ErrorExplanation {
  readonly code: string
  readonly exitCode: number
}

const columns: readonly Column<Explanation>[] = [
  { cell: ({ code }) => code, name: 'code' },
  { cell: ({ exitCode }) => String(exitCode), name: 'exit-code' },
  { cell: ({ summary }) => summary, name: 'summary' },
]

export const explanationList = listView(columns)

export const explanationRecord = recordView<Explanation>(
  [...columns, { cell: ({ remedy }) => remedy, name: 'remedy' }],
  renderExplanation,
)

function renderExplanation({ code, exitCode, remedy, summary }: Explanation, { paint }: Layout): string {
  return `${paint.bold(code)} (exit code ${exitCode})\n${summary}\n${remedy}\n`
}
