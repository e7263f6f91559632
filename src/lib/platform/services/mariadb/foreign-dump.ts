import { createLineScanner, startsWith, textOf } from '../line-scanner.ts'
import { type ForeignDump, SERVICE_USER } from '../port.ts'
import { translateLines } from '../translate-lines.ts'

const INSERT = Buffer.from('INSERT INTO ')
const USE = Buffer.from('USE `')
const SEMICOLON = 59

/** Of `mysqldump --databases`; MySQL puts the second and third into comments that name versions. */
const OF_DATABASES = /^(?:USE `|CREATE DATABASE |(?:\/\*!\d+ )?DROP DATABASE )/
const GTID = /^SET @@GLOBAL\.GTID_PURGED\s*=/
const DEFINER =
  /^((?:\/\*!\d+ )?(?:CREATE(?:\*\/ \/\*!\d+)? )?(?:ALGORITHM=\w+ )?)DEFINER=(`(?:[^`]|``)*`@`(?:[^`]|``)*`)/
const COLLATION = /\butf8mb4_(?:([a-z_]+?)_)?0900_(ai_ci|as_ci|as_cs|bin)(?:_ks)?\b/g

/** Languages that both have, as each calls them; those of the others sort by the common order. */
const LANGUAGES: Readonly<Record<string, string>> = {
  cs: 'czech',
  da: 'danish',
  de_pb: 'german2',
  eo: 'esperanto',
  es: 'spanish',
  es_trad: 'spanish2',
  et: 'estonian',
  hr: 'croatian',
  hu: 'hungarian',
  is: 'icelandic',
  la: 'roman',
  lt: 'lithuanian',
  lv: 'latvian',
  pl: 'polish',
  ro: 'romanian',
  sk: 'slovak',
  sl: 'slovenian',
  sv: 'swedish',
  tr: 'turkish',
  vi: 'vietnamese',
}

/**
 * Dumps of MySQL and of other MariaDB servers: the only database goes into the default one, collations that only MySQL 8
 * knows become MariaDB's (those that MariaDB itself takes for them since 11.4.5, mariadb.com/kb, "Supported Character Sets
 * and Collations"), and what belongs to users of that server to the service's. Rows stay as they are.
 */
export function createForeignMysqlDump(): ForeignDump {
  return new ForeignMysqlDump()
}

class ForeignMysqlDump implements ForeignDump {
  readonly #databases = new Set<string>()
  readonly #definers = new Set<string>()
  readonly #collations = new Map<string, string>()
  readonly #scanner = createLineScanner(line => {
    if (startsWith(line, USE)) this.#databases.add(textOf(line))
  })
  #isInRows = false
  #isInGtid = false

  survey(chunk: Uint8Array): void {
    this.#scanner.write(chunk)
  }

  translate() {
    return translateLines({
      isData: head => this.#isInRows || head.subarray(0, INSERT.length).equals(INSERT),
      onDataEnd: last => {
        this.#isInRows = last !== SEMICOLON
      },
      translate: line => this.#translate(line),
    })
  }

  notes(): string[] {
    const [database] = this.#databases
    const collations = [...this.#collations].map(([from, to]) => `${from} becomes ${to}`)
    const name = /`(.*)`/.exec(database ?? '')?.[1] ?? ''
    return [
      ...(this.#databases.size === 1 ? [`the database ${name} goes into the default one`] : []),
      ...(collations.length > 0 ? [`MariaDB has no collations of MySQL 8: ${collations.join(', ')}`] : []),
      ...(this.#definers.size > 0
        ? [`what ${[...this.#definers].join(', ')} defined is now defined by the user of the service`]
        : []),
    ]
  }

  #translate(line: string): string | undefined {
    if (this.#isInGtid || GTID.test(line)) {
      this.#isInGtid = !line.endsWith(';')
      return undefined
    }
    if (this.#databases.size === 1 && OF_DATABASES.test(line)) return undefined
    return line
      .replace(DEFINER, (_all, before: string, definer: string) => {
        if (!definer.startsWith(`\`${SERVICE_USER}\`@`)) this.#definers.add(definer.replaceAll('`', ''))
        return `${before}DEFINER=\`${SERVICE_USER}\`@\`%\``
      })
      .replace(COLLATION, (name, language: string | undefined, kind: string) => {
        const collation = collationOf(language, kind)
        this.#collations.set(name, collation)
        return collation
      })
  }
}

function collationOf(language: string | undefined, kind: string): string {
  if (kind === 'bin') return 'utf8mb4_nopad_bin'
  const known = language === undefined ? undefined : LANGUAGES[language]
  return `utf8mb4_uca1400_${known === undefined ? '' : `${known}_`}nopad_${kind}`
}
