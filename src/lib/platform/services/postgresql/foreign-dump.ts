import { createLineScanner, isLine, type Line, startsWith, textOf } from '../line-scanner.ts'
import type { ForeignDump } from '../port.ts'
import { translateLines } from '../translate-lines.ts'

const COPY = Buffer.from('COPY ')
const FROM_STDIN = Buffer.from(' FROM stdin;')
const END = Buffer.from('\\.')
const SECTION = Buffer.from('-- Name: ')

const ROLE = String.raw`("(?:[^"]|"")+"|[a-z_][\w$]*)`
/** What pg_dump writes of roles, each in a line of its own. */
const ROLES = [
  new RegExp(String.raw`^ALTER .* OWNER TO ${ROLE};$`),
  new RegExp(String.raw`^(?:GRANT|ALTER DEFAULT PRIVILEGES) .* TO ${ROLE}(?: WITH GRANT OPTION)?;$`),
  new RegExp(String.raw`^(?:REVOKE|ALTER DEFAULT PRIVILEGES) .* FROM ${ROLE};$`),
  new RegExp(String.raw`^ALTER DEFAULT PRIVILEGES FOR ROLE ${ROLE} `),
]
const CREATE_ROLE = new RegExp(String.raw`\bCREATE ROLE ${ROLE};`)
/** They are there, or words for somebody. */
const KNOWN = /^(?:"?postgres"?|pg_.*|PUBLIC|CURRENT_USER|SESSION_USER)$/i
/** How pg_dump begins the text of a function. */
const BODY = /^    AS (\$\w*\$)/
/** Of `pg_dump --create`. */
const OF_DATABASE = /^(?:(?:DROP|CREATE|ALTER|COMMENT ON) DATABASE |\\connect )/
const DATABASE_SECTION = /; Type: DATABASE(?: PROPERTIES)?;/

/**
 * Dumps of `pg_dump` of other servers: the database that one makes is the default one here, and roles that are not here are
 * made first, so that what belongs to them can. Everything after that stays as it is.
 */
export function createForeignPostgresqlDump(): ForeignDump {
  return new ForeignPostgresqlDump()
}

class ForeignPostgresqlDump implements ForeignDump {
  readonly #roles = new Set<string>()
  readonly #made = new Set<string>()
  readonly #scanner = createLineScanner(line => this.#survey(line))
  #isInCopy = false
  /** What ends the text of a function, while that is read. */
  #quote: string | undefined
  #isInContents = false
  #database: string | undefined

  survey(chunk: Uint8Array): void {
    this.#scanner.write(chunk)
  }

  translate() {
    let isFirst = true
    return translateLines({
      isData: () => this.#isInContents,
      translate: line => {
        const before = isFirst ? this.#missing().map(name => `${createRole(name)}\n`) : []
        isFirst = false
        const translated = this.#translate(line)
        return translated === undefined && before.length === 0 ? undefined : before.join('') + (translated ?? '')
      },
    })
  }

  notes(): string[] {
    const missing = this.#missing()
    return [
      ...(this.#database === undefined ? [] : [`the database ${this.#database} goes into the default one`]),
      ...(missing.length > 0
        ? [`its roles are made where they are missing, without a login: ${missing.join(', ')}`]
        : []),
    ]
  }

  #survey(line: Line): void {
    if (this.#isInCopy) {
      this.#isInCopy = !isLine(line, END)
      return
    }
    if (startsWith(line, COPY)) {
      this.#isInCopy = line.buffer.subarray(line.end - FROM_STDIN.length, line.end).equals(FROM_STDIN)
      return
    }
    const text = textOf(line)
    if (this.#isInBody(text)) return
    const made = CREATE_ROLE.exec(text)?.[1]
    if (made !== undefined) this.#made.add(made)
    for (const pattern of ROLES) {
      const role = pattern.exec(text)?.[1]
      if (role !== undefined && !KNOWN.test(role)) this.#roles.add(role)
    }
  }

  #isInBody(text: string): boolean {
    if (this.#quote === undefined) {
      const quote = BODY.exec(text)?.[1]
      if (quote !== undefined && !text.endsWith(`${quote};`)) this.#quote = quote
      return quote !== undefined
    }
    if (text.includes(this.#quote)) this.#quote = undefined
    return true
  }

  #missing(): string[] {
    return [...this.#roles].filter(name => !this.#made.has(name)).toSorted()
  }

  #translate(line: string): string | undefined {
    this.#isInContents = line.startsWith(SECTION.toString()) && !DATABASE_SECTION.test(line)
    if (!OF_DATABASE.test(line)) return line
    this.#database = /^\\connect (?:-reuse-previous=on )?(.*)$/.exec(line)?.[1] ?? this.#database
    return undefined
  }
}

function createRole(name: string): string {
  // as the bytes of a line, which it is put before
  const role = Buffer.from(name).toString('latin1')
  return `DO $x$ BEGIN CREATE ROLE ${role}; EXCEPTION WHEN duplicate_object THEN NULL; END $x$;`
}
