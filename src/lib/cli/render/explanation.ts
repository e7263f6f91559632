import type { ErrorExplanation } from '../../core/error-codes.ts'
import type { Layout } from './layout.ts'
import { renderTable } from './table.ts'

export interface Explanation extends ErrorExplanation {
  readonly code: string
  readonly exitCode: number
}

export function renderExplanation({ code, exitCode, remedy, summary }: Explanation, { paint }: Layout): string {
  return `${paint.bold(code)} (exit code ${exitCode})\n${summary}\n${remedy}\n`
}

export function renderExplanations(explanations: readonly Explanation[], layout: Layout): string {
  return renderTable(
    explanations,
    [
      { cell: ({ code }) => code, head: 'code' },
      { cell: ({ exitCode }) => String(exitCode), head: 'exit' },
      { cell: ({ summary }) => summary, head: 'what happened' },
    ],
    layout,
  )
}
