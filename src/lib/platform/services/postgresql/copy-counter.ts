import { createLineScanner, isLine, type Line, startsWith, textOf } from '../line-scanner.ts'
import type { RowCounter } from '../port.ts'

const TABLE_DATA = Buffer.from('-- Data for Name: ')
const COPY = Buffer.from('COPY ')
const CONNECT = Buffer.from('\\connect ')
const RESTRICT = Buffer.from('\\restrict ')
const END = Buffer.from('\\.')

const IDENTIFIER = '(?:"(?:[^"]|"")+"|[^\\s".(]+)'
const HEADER = new RegExp(`^COPY (${IDENTIFIER}(?:\\.${IDENTIFIER})?) (?:\\(.*\\))? ?FROM stdin;$`)
const DATABASE = /^\\connect (?:-reuse-previous=on )?(?:"((?:[^"]|"")+)"|(\S+))/

/**
 * Counts the rows of the COPY blocks of a `pg_dump` script. Tables are named as `pg_dump` does, `schema.table`; those of
 * databases after a `\connect` with that name before, `database.schema.table`. Only what the comment "Data for Name"
 * announces is data: the text of a function may look like it. So may comments like a `\connect`: between `\restrict` and an
 * `\unrestrict` of the same key, which current versions write, there is none.
 */
export function createCopyCounter(): RowCounter {
  return new CopyCounter()
}

class CopyCounter implements RowCounter {
  readonly #scanner = createLineScanner(line => this.#take(line))
  readonly #rows = new Map<string, number>()
  #prefix = ''
  /** Of the block that is being read. */
  #table: string | undefined
  #count = 0
  #isAnnounced = false
  /** The line that ends what `\restrict` began. */
  #unrestrict: Buffer | undefined

  write(chunk: Uint8Array): void {
    this.#scanner.write(chunk)
  }

  result(): Record<string, number> {
    this.#scanner.end()
    return Object.fromEntries(this.#rows)
  }

  #take(line: Line): void {
    if (this.#table === undefined) return this.#takeStatement(line)
    if (!isLine(line, END)) {
      this.#count++
      return
    }
    this.#rows.set(this.#table, this.#count)
    this.#table = undefined
  }

  #takeStatement(line: Line): void {
    if (startsWith(line, TABLE_DATA)) this.#isAnnounced = true
    else if (this.#isAnnounced && startsWith(line, COPY)) {
      const name = HEADER.exec(textOf(line))?.[1]
      if (name === undefined) return
      this.#table = this.#prefix + name
      this.#count = 0
      this.#isAnnounced = false
    } else this.#takeCommand(line)
  }

  #takeCommand(line: Line): void {
    if (this.#unrestrict) {
      if (isLine(line, this.#unrestrict)) this.#unrestrict = undefined
    } else if (startsWith(line, RESTRICT)) {
      this.#unrestrict = Buffer.from(textOf(line).replace('restrict', 'unrestrict'))
    } else if (startsWith(line, CONNECT)) {
      const [, quoted, plain] = DATABASE.exec(textOf(line)) ?? []
      this.#prefix = `${quoted?.replaceAll('""', '"') ?? plain ?? ''}.`
    }
  }
}
