import { median, peakOf, ratio, type Run } from './measure.ts'

export interface Goal {
  /** What is to be reached, e.g. `≤ 5x node -e 0`. */
  readonly text: string
  readonly isMet: boolean
}

export interface Row {
  readonly label: string
  readonly runs: readonly Run[]
  /** More of what was measured, e.g. `1.2 M lines/s`. */
  readonly notes?: readonly string[] | undefined
  readonly goals?: readonly Goal[] | undefined
}

export interface Table {
  readonly title: string
  /** The others are compared to the first one: `node -e 0`, or the application's own start. */
  readonly rows: readonly Row[]
}

const MEBIBYTE = 1024 * 1024
const HEAD = ['', 'median ms', 'ratio', 'peak MiB', 'measured', 'goal']

export function renderTable({ rows, title }: Table): string {
  const baseline = rows[0]?.runs ?? []
  const cells = [HEAD, ...rows.map(row => rowCells(row, baseline))]
  const widths = HEAD.map((_, column) => Math.max(...cells.map(row => row[column]?.length ?? 0)))
  const lines = cells.map(row =>
    row
      .map((cell, column) =>
        column > 0 && column < 4 ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  )
  return [title, ...lines].join('\n')
}

/** One line for each goal that was not reached. */
export function missedGoals({ rows, title }: Table): string[] {
  return rows.flatMap(({ goals = [], label }) =>
    goals.filter(({ isMet }) => !isMet).map(({ text }) => `${title}: ${label}: ${text}`),
  )
}

function rowCells({ goals = [], label, notes = [], runs }: Row, baseline: readonly Run[]): string[] {
  const peak = peakOf(runs)
  return [
    label,
    median(runs.map(({ wallMs }) => wallMs)).toFixed(1),
    `${ratio(runs, baseline).toFixed(2)}x`,
    peak === undefined ? '-' : (peak / MEBIBYTE).toFixed(0),
    notes.join(', '),
    goals.map(({ isMet, text }) => `${text}: ${isMet ? 'met' : 'MISSED'}`).join('; '),
  ]
}

/** A goal with an upper limit. */
export function atMost(value: number, limit: number, text: string): Goal {
  return { isMet: value <= limit, text: `≤ ${text}` }
}

/** A goal with a lower limit. */
export function atLeast(value: number, limit: number, text: string): Goal {
  return { isMet: value >= limit, text: `≥ ${text}` }
}

/** The peak of all runs, against MiB. Met where it cannot be seen: the table then shows none. */
export function memoryAtMost(runs: readonly Run[], mebibytes: number): Goal {
  return atMost(peakOf(runs) ?? 0, mebibytes * MEBIBYTE, `${mebibytes} MiB`)
}
