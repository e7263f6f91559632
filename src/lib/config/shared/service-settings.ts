import * as z from 'zod/mini'
import { serviceTypeName, type ServiceTypeName } from './service-types.ts'

/*
 * `configuration` of managed services, as the Platform.sh family documents it for each type (docs.platform.sh, "Available
 * services"). Keys that are not here have no effect.
 */

/** The words of one kind of SQL server. */
export interface SqlWords {
  readonly databases: 'databases' | 'schemas'
  readonly default: 'default_database' | 'default_schema'
}

export const POSTGRESQL_WORDS = { databases: 'databases', default: 'default_database' } as const satisfies SqlWords
export const MARIADB_WORDS = { databases: 'schemas', default: 'default_schema' } as const satisfies SqlWords

const name = z.string().check(
  z.regex(/^[A-Za-z_][A-Za-z0-9_-]{0,62}$/, {
    error: 'is no name; expected letters, digits, dashes and underscores, at most 63',
  }),
)
const endpoint = z.object({
  default_database: z.nullish(name),
  default_schema: z.nullish(name),
  privileges: z.nullish(z.record(name, z.enum(['admin', 'rw', 'ro']))),
})

/** Databases and who may do what in them; an endpoint names none but those, where they are listed. */
export function sqlSettings(words: SqlWords) {
  const databases = z.nullish(z.array(name))
  return z
    .object({
      databases,
      endpoints: z.nullish(z.record(name, z.nullish(endpoint))),
      extensions: z.nullish(z.array(name)),
      schemas: databases,
    })
    .check(({ issues, value }) => {
      const listed = value[words.databases]
      if (!listed) return
      for (const [key, each] of Object.entries(value.endpoints ?? {}))
        for (const { database, path } of databasesOf(each ?? {}, words))
          if (!listed.includes(database))
            issues.push({
              code: 'custom',
              input: value,
              message: `there is no ${database} among the ${words.databases} (${listed.join(', ')})`,
              params: { allowed: listed },
              path: ['endpoints', key, ...path],
            })
    })
}

/** The databases that an endpoint names, each with where it does. */
export function databasesOf(
  { privileges, ...rest }: z.output<typeof endpoint>,
  words: SqlWords,
): { readonly database: string; readonly path: string[] }[] {
  const own = rest[words.default]
  return [
    ...(own ? [{ database: own, path: [words.default] }] : []),
    ...Object.keys(privileges ?? {}).map(database => ({ database, path: ['privileges', database] })),
  ]
}

export const redisSettings = z.object({
  maxmemory_policy: z.nullish(
    z.enum([
      'allkeys-lfu',
      'allkeys-lru',
      'allkeys-random',
      'noeviction',
      'volatile-lfu',
      'volatile-lru',
      'volatile-random',
      'volatile-ttl',
    ]),
  ),
})

export const rabbitmqSettings = z.object({ vhosts: z.nullish(z.array(z.string().check(z.minLength(1)))) })

const SETTINGS: Readonly<Partial<Record<ServiceTypeName, z.ZodMiniType>>> = {
  mariadb: sqlSettings(MARIADB_WORDS),
  postgresql: sqlSettings(POSTGRESQL_WORDS),
  rabbitmq: rabbitmqSettings,
  redis: redisSettings,
  'redis-persistent': redisSettings,
  valkey: redisSettings,
  'valkey-persistent': redisSettings,
}

/** What the configuration of a service of this type looks like; undefined for types that have none. */
export function serviceSettings(word: string): z.ZodMiniType | undefined {
  const type = serviceTypeName(word)
  return type && SETTINGS[type]
}
