import { stripVTControlCharacters } from 'node:util'
import type { TableData } from './view.ts'

/** Between two columns. */
const GAP = 2
/** What is left of a column at least: enough to tell what it is. */
const LEAST = 6

interface Fit {
  readonly table: TableData
  /** Of the columns that are cut, beside their places. */
  readonly widths: readonly (number | undefined)[]
}

/**
 * A table whose rows are one line each where that can be had: columns in which nothing is are left out, then those that say
 * the same place in each row, then the widest flexible ones are cut. Where it does not fit even so, and where it fits as it is, it stays as it is.
 */
export function fitColumns(table: TableData, room: number): Fit {
  const asItIs = { table, widths: [] }
  if (total(widthsOf(table)) <= room) return asItIs
  const filled = withoutPlaces(withoutEmpty(table), room)
  const whole = widthsOf(filled)
  const widths = [...whole]
  const flexible = filled.columns.flatMap((name, at) => (table.flexible.includes(name) ? [at] : []))
  while (total(widths) > room) {
    const widest = flexible.toSorted((a, b) => (widths[b] ?? 0) - (widths[a] ?? 0))[0]
    const width = widest === undefined ? 0 : (widths[widest] ?? 0)
    if (widest === undefined || width <= LEAST) return asItIs
    widths[widest] = width - 1
  }
  return { table: filled, widths: widths.map((width, at) => (width === whole[at] ? undefined : width)) }
}

function withoutEmpty(table: TableData): TableData {
  return keep(table, at => table.rows.some(({ shown }) => shown[at]))
}

function withoutPlaces(table: TableData, room: number): TableData {
  if (total(widthsOf(table)) <= room) return table
  const isSame = (at: number): boolean => new Set(table.rows.map(({ shown }) => shown[at])).size <= 1
  return keep(table, (at, name) => !(table.places.includes(name) && isSame(at)))
}

function keep(table: TableData, isKept: (at: number, name: string) => boolean): TableData {
  const kept = table.columns.flatMap((name, at) => (isKept(at, name) ? [at] : []))
  const pick = (cells: readonly string[]): string[] => kept.map(at => cells[at] ?? '')
  return {
    ...table,
    columns: pick(table.columns),
    rows: table.rows.map(({ exact, shown }) => ({ exact: pick(exact), shown: pick(shown) })),
  }
}

function widthsOf({ columns, rows }: TableData): number[] {
  return columns.map((name, at) => Math.max(name.length, ...rows.map(({ shown }) => widthOf(shown[at] ?? ''))))
}

function widthOf(text: string): number {
  return stripVTControlCharacters(text).length
}

function total(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width + GAP, -GAP)
}
