import { createHash } from 'node:crypto'
import type { SqlConfiguration, SqlEndpoint } from '../endpoints.ts'
import { scramVerifier } from './scram.ts'

/** All schemas of applications, as a loop of PL/pgSQL. */
const SCHEMAS = `SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'`

const TABLE_RIGHTS = { ro: 'SELECT', rw: 'SELECT, INSERT, UPDATE, DELETE' } as const
const SEQUENCE_RIGHTS = { ro: 'SELECT', rw: 'SELECT, USAGE' } as const

/**
 * The variables by which `bin/start` and `bin/restore` make roles, databases and rights. Repeating them changes nothing. One
 * statement is one line: that is what the server reads in single-user mode.
 */
export function setupVariables(configuration: SqlConfiguration): Record<string, string> {
  const { databases } = configuration
  const variables: Record<string, string> = {
    SETUP_CLUSTER: roles(configuration).join('\n'),
    SETUP_DATABASES: databases.join(' '),
    SETUP_OWNERS: sharedOwners(configuration).join(' '),
  }
  for (const [index, database] of databases.entries())
    variables[`SETUP_${index + 1}`] = databaseLines(database, configuration).join('\n')
  const id = createHash('sha256').update(JSON.stringify(variables)).digest('hex')
  return { ...variables, SETUP_ID: id }
}

function roles(configuration: SqlConfiguration): string[] {
  const shared = sharedOwners(configuration).map(createRole)
  const users = configuration.endpoints.flatMap(({ password, username }) => [
    createRole(username),
    `ALTER ROLE ${quote(username)} LOGIN PASSWORD '${scramVerifier(username, password)}';`,
  ])
  return [...shared, ...users]
}

function sharedOwners(configuration: SqlConfiguration): string[] {
  return configuration.databases.flatMap(database => {
    const owner = ownerOf(database, configuration)
    return owner.isShared ? [owner.name] : []
  })
}

/** Admins of one database own its tables together: what one of them makes the others may change. */
function ownerOf(database: string, { endpoints }: SqlConfiguration): { name: string; isShared: boolean } {
  const [first, ...others] = withPrivilege(database, 'admin', endpoints)
  if (first === undefined) return { isShared: false, name: 'postgres' }
  return others.length === 0 ? { isShared: false, name: first } : { isShared: true, name: `${database}_admin` }
}

function databaseLines(database: string, configuration: SqlConfiguration): string[] {
  const { endpoints, extensions } = configuration
  const owner = ownerOf(database, configuration)
  const on = `ON DATABASE ${quote(database)}`
  return [
    `ALTER DATABASE ${quote(database)} OWNER TO ${quote(owner.name)};`,
    `REVOKE ALL ${on} FROM PUBLIC;`,
    ...extensions.map(extension => `CREATE EXTENSION IF NOT EXISTS ${quote(extension)};`),
    ...withPrivilege(database, 'admin', endpoints).flatMap(user => [
      `GRANT ALL ${on} TO ${quote(user)};`,
      ...(owner.isShared ? actAs(user, owner.name, database) : []),
    ]),
    ...(['ro', 'rw'] as const).flatMap(privilege =>
      withPrivilege(database, privilege, endpoints).flatMap(user => [
        `GRANT CONNECT, TEMPORARY ${on} TO ${quote(user)};`,
        ...grantTables(user, owner.name, privilege),
      ]),
    ),
  ]
}

function actAs(user: string, owner: string, database: string): string[] {
  return [
    `GRANT ${quote(owner)} TO ${quote(user)};`,
    `ALTER ROLE ${quote(user)} IN DATABASE ${quote(database)} SET role = ${quote(owner)};`,
  ]
}

/** Of what is there and of what the owner will make. */
function grantTables(user: string, owner: string, privilege: 'ro' | 'rw'): string[] {
  const rights = {
    SCHEMA: 'USAGE',
    'ALL SEQUENCES IN SCHEMA': SEQUENCE_RIGHTS[privilege],
    'ALL TABLES IN SCHEMA': TABLE_RIGHTS[privilege],
  }
  const now = Object.entries(rights)
    .map(([what, right]) => `EXECUTE format('GRANT ${right} ON ${what} %I TO ${quote(user)}', s);`)
    .join(' ')
  const later = { SCHEMAS: 'USAGE', SEQUENCES: SEQUENCE_RIGHTS[privilege], TABLES: TABLE_RIGHTS[privilege] }
  return [
    `DO $$ DECLARE s text; BEGIN FOR s IN ${SCHEMAS} LOOP ${now} END LOOP; END $$;`,
    ...Object.entries(later).map(
      ([what, right]) =>
        `ALTER DEFAULT PRIVILEGES FOR ROLE ${quote(owner)} GRANT ${right} ON ${what} TO ${quote(user)};`,
    ),
  ]
}

function withPrivilege(database: string, privilege: string, endpoints: readonly SqlEndpoint[]): string[] {
  return endpoints.filter(({ privileges }) => privileges[database] === privilege).map(({ username }) => username)
}

function createRole(name: string): string {
  return `DO $$ BEGIN CREATE ROLE ${quote(name)}; EXCEPTION WHEN duplicate_object THEN NULL; END $$;`
}

function quote(name: string): string {
  return `"${name}"`
}
