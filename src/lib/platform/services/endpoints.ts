import { createHmac } from 'node:crypto'
import { databasesOf, sqlSettings, type SqlWords as Words } from '../../config/shared/service-settings.ts'
import type { ServicePlace } from './port.ts'
import { readSettings } from './settings.ts'

/*
 * Databases and who may do what in them, as the Platform.sh family configures SQL services (docs.platform.sh, "PostgreSQL"
 * and "MySQL/MariaDB": `databases` or `schemas`, `endpoints`). Without either there is one database `main`.
 */

export type Privilege = 'admin' | 'rw' | 'ro'

export interface SqlEndpoint {
  readonly name: string
  readonly username: string
  readonly password: string
  /** The database it is told to use; absent when it chooses by itself. */
  readonly database?: string | undefined
  readonly privileges: Readonly<Record<string, Privilege>>
}

export interface SqlConfiguration {
  /** At least one; the first is the default. */
  readonly databases: readonly string[]
  /** At least one; the first has the credentials of the service. */
  readonly endpoints: readonly SqlEndpoint[]
  readonly extensions: readonly string[]
}

/** The words of one kind of server. */
export interface SqlWords extends Words {
  /** Name of the endpoint that is there without configuration. */
  readonly endpoint: string
}

const DEFAULT_DATABASE = 'main'
const PASSWORD_LENGTH = 40

/** @throws usage.config when the configuration is not of that form */
export function readSqlConfiguration(place: ServicePlace, words: SqlWords): SqlConfiguration {
  const settings = readSettings(place, sqlSettings(words))
  const configured = Object.entries(settings.endpoints ?? {})
  const named =
    settings[words.databases] ??
    configured.flatMap(([, each]) => databasesOf(each ?? {}, words).map(({ database }) => database))
  const databases = [...new Set(named)]
  if (databases.length === 0) databases.push(DEFAULT_DATABASE)
  const wanted = configured.length > 0 ? configured : [[words.endpoint, everything(databases)] as const]
  return {
    databases,
    endpoints: wanted.map(([name, each], index) => {
      const privileges = each?.privileges ?? {}
      return {
        ...(index === 0 ? place.credentials : derive(place, name)),
        database: each?.[words.default] ?? onlyOne(Object.keys(privileges)),
        name,
        privileges,
      }
    }),
    extensions: settings.extensions ?? [],
  }
}

function everything(databases: readonly string[]) {
  const [first] = databases
  const privileges = Object.fromEntries(databases.map(database => [database, 'admin' as const]))
  return { default_database: first, default_schema: first, privileges }
}

function onlyOne(names: readonly string[]): string | undefined {
  return names.length === 1 ? names[0] : undefined
}

/** Further endpoints have users of their own, whose passwords follow from the service's. */
function derive({ credentials: { password, username } }: ServicePlace, endpointName: string) {
  const derived = createHmac('sha256', password).update(endpointName).digest('hex').slice(0, PASSWORD_LENGTH)
  return { password: derived, username: `${username}_${endpointName}` }
}
