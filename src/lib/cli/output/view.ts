import type { Layout } from '../render/layout.ts'
import { plainLayout } from '../render/layout.ts'

/** One column of a table, or one fact of a record. */
export interface Column<T> {
  /** Lower case with dashes; part of the contract: `--columns` and `--sort` take it, csv has it as its head. */
  readonly name: string
  /** For people where `layout.isTerminal`, else exact. */
  readonly cell: (row: T, layout: Layout) => string | undefined
  /** Text to be read, not to be typed: may be cut where a terminal is too narrow for a row. */
  readonly isFlexible?: boolean | undefined
  /** Where the thing is: may be left out where a terminal is too narrow and all are in one. */
  readonly isPlace?: boolean | undefined
}

interface Row {
  /** Beside the names of the columns, in their order. */
  readonly shown: readonly string[]
  /** The same without relative times and colours: for programs and for sorting. */
  readonly exact: readonly string[]
}

export interface TableData {
  readonly columns: readonly string[]
  /** Those that may be cut. */
  readonly flexible: readonly string[]
  /** Those that say where a thing is. */
  readonly places: readonly string[]
  readonly rows: readonly Row[]
}

/** A result that is a table: people choose its columns. */
export interface TableView<T> {
  readonly kind: 'list' | 'record'
  readonly columns: readonly string[]
  read(result: T, layout: Layout): TableData
  /** How a record looks when nothing was chosen, where that is not one fact a line. */
  readonly text?: TextView<T> | undefined
}

/** A result that has no columns. */
export type TextView<T> = (result: T, layout: Layout) => Promise<string> | string

export type View<T> = TableView<T> | TextView<T>

/** One line for each item. */
export function listView<T>(columns: readonly Column<T>[]): TableView<readonly T[]> {
  return rowsView(columns, items => items)
}

/** One line for each of what is in the result. */
export function rowsView<T, R>(columns: readonly Column<R>[], rowsOf: (result: T) => readonly R[]): TableView<T> {
  return {
    columns: columns.map(({ name }) => name),
    kind: 'list',
    read: (result, layout) => readTable(rowsOf(result), columns, layout),
  }
}

/** One thing: one `name  value` line for each fact that it has. */
export function recordView<T>(columns: readonly Column<T>[], text?: TextView<T>): TableView<T> {
  return {
    columns: columns.map(({ name }) => name),
    kind: 'record',
    read: (result, layout) => readTable([result], columns, layout),
    text,
  }
}

export function readTable<R>(rows: readonly R[], columns: readonly Column<R>[], layout: Layout): TableData {
  const plain = plainLayout(layout)
  const cells = (row: R, of: Layout): string[] => columns.map(({ cell }) => cell(row, of) ?? '')
  return {
    columns: columns.map(({ name }) => name),
    flexible: columns.flatMap(({ isFlexible, name }) => (isFlexible ? [name] : [])),
    places: columns.flatMap(({ isPlace, name }) => (isPlace ? [name] : [])),
    rows: rows.map(row => ({ exact: cells(row, plain), shown: cells(row, layout) })),
  }
}
