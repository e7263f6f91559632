import { createLineScanner, isLine, type Line, startsWith, textOf } from '../line-scanner.ts'
import type { RowCounter } from '../port.ts'
import { compareVersions } from '../versions.ts'

const HEADER = Buffer.from('-- MariaDB dump ')
/** `10.19  Distrib 10.11.19-MariaDB` and, later, `10.19-11.4.2-MariaDB`: first the format's version, then the program's. */
const PROGRAM = /^-- MariaDB dump \d+\.\d+(?: +Distrib |-)(\d+\.\d+)/
const FIRST_WITH_LINES = '10.11'
const ANNOUNCEMENT = Buffer.from('-- Dumping data for table `')
const INSERT = Buffer.from('INSERT INTO `')
const VALUES = Buffer.from(' VALUES')
const UNLOCK = Buffer.from('UNLOCK TABLES;')
const USE = Buffer.from('USE `')
const SEMICOLON = 59

/**
 * Counts the rows of a `mariadb-dump` script, which since 10.11 has each row in a line of its own: newlines inside of values
 * are escaped. Where the columns are named, the first row stands behind them. Tables are named plainly where the dump is of
 * one database, else `database.table`. Tables that another version or another tool wrote with several rows in a line are left
 * out.
 */
export function createInsertCounter(): RowCounter {
  return new InsertCounter()
}

class InsertCounter implements RowCounter {
  readonly #scanner = createLineScanner(line => this.#take(line))
  readonly #rows = new Map<string, number>()
  #prefix = ''
  /** Whose data has been announced. */
  #table: string | undefined
  #isInside = false
  /** Whether the program that wrote it gives each row a line. */
  #hasLines = false
  #count = 0

  write(chunk: Uint8Array): void {
    this.#scanner.write(chunk)
  }

  result(): Record<string, number> {
    this.#scanner.end()
    return Object.fromEntries(this.#rows)
  }

  #take(line: Line): void {
    if (this.#isInside) this.#takeRow(line)
    else this.#takeStatement(line)
  }

  #takeRow({ last }: Line): void {
    this.#count++
    this.#isInside = last !== SEMICOLON
    if (!this.#isInside && this.#table !== undefined) this.#rows.set(this.#table, this.#count)
  }

  #takeStatement(line: Line): void {
    if (startsWith(line, ANNOUNCEMENT)) {
      this.#table = this.#prefix + unquote(textOf(line).slice(ANNOUNCEMENT.length - 1))
      this.#rows.set(this.#table, 0)
      this.#count = 0
    } else if (this.#table === undefined) {
      if (startsWith(line, HEADER)) this.#hasLines = hasLines(textOf(line))
      else if (startsWith(line, USE)) this.#prefix = `${unquote(textOf(line).slice(USE.length - 1, -1))}.`
    } else if (isLine(line, UNLOCK)) this.#table = undefined
    else if (startsWith(line, INSERT)) this.#begin(line, this.#table)
  }

  #begin(line: Line, table: string): void {
    const { buffer, end } = line
    if (buffer.compare(VALUES, 0, VALUES.length, end - VALUES.length, end) === 0) this.#isInside = true
    else if (this.#hasLines) this.#takeRow(line)
    else this.#rows.delete(table)
  }
}

function hasLines(header: string): boolean {
  const program = PROGRAM.exec(header)?.[1]
  return program !== undefined && compareVersions(program, FIRST_WITH_LINES) >= 0
}

function unquote(name: string): string {
  return name.slice(1, -1).replaceAll('``', '`')
}
