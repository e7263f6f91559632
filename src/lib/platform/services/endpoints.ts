import { createHmac } from 'node:crypto'
import * as z from 'zod/mini'
import { AppError } from '../../core/errors.ts'
import type { ServicePlace } from './port.ts'

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
export interface SqlWords {
  readonly databases: 'databases' | 'schemas'
  readonly default: 'default_database' | 'default_schema'
  /** Name of the endpoint that is there without configuration. */
  readonly endpoint: string
}

const DEFAULT_DATABASE = 'main'
const PASSWORD_LENGTH = 40

const name = z.string().check(z.regex(/^[A-Za-z_][A-Za-z0-9_-]{0,62}$/))
const endpoint = z.object({
  default_database: z.optional(name),
  default_schema: z.optional(name),
  privileges: z.optional(z.record(name, z.enum(['admin', 'rw', 'ro']))),
})
const configuration = z.object({
  databases: z.optional(z.array(name)),
  endpoints: z.optional(z.record(name, endpoint)),
  extensions: z.optional(z.array(name)),
  schemas: z.optional(z.array(name)),
})

/** @throws usage.config when the configuration is not of that form */
export function readSqlConfiguration(place: ServicePlace, words: SqlWords): SqlConfiguration {
  const parsed = z.safeParse(configuration, place.configuration)
  if (!parsed.success) throw invalid(place, z.prettifyError(parsed.error))
  const { endpoints, extensions = [] } = parsed.data
  const named = parsed.data[words.databases] ?? Object.values(endpoints ?? {}).flatMap(databasesOf)
  const databases = [...new Set(named)]
  if (databases.length === 0) databases.push(DEFAULT_DATABASE)
  const unknown = Object.values(endpoints ?? {})
    .flatMap(databasesOf)
    .find(database => !databases.includes(database))
  if (unknown !== undefined)
    throw invalid(place, `an endpoint names ${unknown}, which is not among its ${words.databases}`)
  const wanted = Object.entries(endpoints ?? {})
  if (wanted.length === 0) wanted.push([words.endpoint, everything(databases)])
  return {
    databases,
    endpoints: wanted.map(([each, { privileges = {}, ...rest }], index) => ({
      ...(index === 0 ? place.credentials : derive(place, each)),
      database: rest[words.default] ?? onlyOne(Object.keys(privileges)),
      name: each,
      privileges,
    })),
    extensions,
  }

  function databasesOf({ privileges = {}, ...rest }: z.infer<typeof endpoint>): string[] {
    const own = rest[words.default]
    return [...(own === undefined ? [] : [own]), ...Object.keys(privileges)]
  }
}

function everything(databases: readonly string[]): z.infer<typeof endpoint> {
  const [first] = databases
  return {
    default_database: first,
    default_schema: first,
    privileges: Object.fromEntries(databases.map(database => [database, 'admin'])),
  }
}

function onlyOne(names: readonly string[]): string | undefined {
  return names.length === 1 ? names[0] : undefined
}

/** Further endpoints have users of their own, whose passwords follow from the service's. */
function derive({ credentials: { password, username } }: ServicePlace, endpointName: string) {
  const derived = createHmac('sha256', password).update(endpointName).digest('hex').slice(0, PASSWORD_LENGTH)
  return { password: derived, username: `${username}_${endpointName}` }
}

function invalid(place: ServicePlace, reason: string): AppError {
  return new AppError('usage.config', `the configuration of the service ${place.name} is not usable: ${reason}`, {
    details: { service: place.name },
    suggestions: ['Databases and endpoints are described in docs/services.md.'],
  })
}
