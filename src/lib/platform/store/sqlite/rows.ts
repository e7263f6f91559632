import type { Row } from './database.ts'

/* Columns as the schema declares them (its tables are STRICT); anything else is a defect. */

export function text(row: Row, column: string): string {
  const value = row[column]
  if (typeof value !== 'string') throw unexpected(column, value)
  return value
}

export function optionalText(row: Row, column: string): string | undefined {
  return row[column] === null ? undefined : text(row, column)
}

export function integer(row: Row, column: string): number {
  const value = row[column]
  if (typeof value !== 'number') throw unexpected(column, value)
  return value
}

export function optionalInteger(row: Row, column: string): number | undefined {
  return row[column] === null ? undefined : integer(row, column)
}

export function flag(row: Row, column: string): boolean {
  return integer(row, column) === 1
}

export function bytes(row: Row, column: string): Uint8Array {
  const value = row[column]
  if (!(value instanceof Uint8Array)) throw unexpected(column, value)
  return value
}

export function optionalBytes(row: Row, column: string): Uint8Array | undefined {
  return row[column] === null ? undefined : bytes(row, column)
}

/** One of a closed set of words. */
export function word<const Word extends string>(row: Row, column: string, words: readonly Word[]): Word {
  const value = text(row, column)
  const found = words.find(candidate => candidate === value)
  if (found === undefined) throw unexpected(column, value)
  return found
}

export function optionalWord<const Word extends string>(
  row: Row,
  column: string,
  words: readonly Word[],
): Word | undefined {
  return row[column] === null ? undefined : word(row, column, words)
}

/** A column that keeps a value as JSON. What is read is trusted to be what was written: nobody else writes the database. */
export interface JsonColumn<T> {
  read(row: Row): T
  readOptional(row: Row): T | undefined
  write(value: T): string
  writeOptional(value: T | null | undefined): string | undefined
}

export function jsonColumn<T>(column: string): JsonColumn<T> {
  const read = (row: Row): T => JSON.parse(text(row, column))
  return {
    read,
    readOptional: row => (row[column] === null ? undefined : read(row)),
    write: value => JSON.stringify(value),
    writeOptional: value => (value === undefined || value === null ? undefined : JSON.stringify(value)),
  }
}

/** `SET` clause of an update: the columns whose value is given. */
export function assignments(columns: Readonly<Record<string, unknown>>): string {
  return Object.keys(columns)
    .map(column => `${column} = :${column}`)
    .join(', ')
}

/** Leaves out what is undefined. */
export function given<T>(columns: Readonly<Record<string, T | undefined>>): Record<string, T> {
  const result: Record<string, T> = {}
  for (const [name, value] of Object.entries(columns)) if (value !== undefined) result[name] = value
  return result
}

function unexpected(column: string, value: unknown): TypeError {
  return new TypeError(`column ${column} holds ${value === null ? 'NULL' : `a ${typeof value}`}, which it never should`)
}
