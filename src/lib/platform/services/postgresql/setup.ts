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
  return others.length === 0 ? { isShared: false, name: first } : { isShared: true, name: sharedOwnerOf(database) }
}

/** No user has such a name. */
function sharedOwnerOf(database: string): string {
  return `owner_${database}`
}

/** What any of those before owns in this database becomes the owner's; databases, which would go with it, stay whose they are. */
function giveAll(owners: readonly string[], owner: string): string {
  const names = owners.flatMap(before => (before === owner ? [] : [`'${before}'`])).join(', ')
  const elsewhere = 'SELECT datname FROM pg_database WHERE datdba = r::regrole AND datname <> current_database()'
  const keep = `FOREACH d IN ARRAY others LOOP EXECUTE format('ALTER DATABASE %I OWNER TO %s', d, r); END LOOP;`
  const give = `EXECUTE format('REASSIGN OWNED BY %s TO ${quote(owner)}', r);`
  const each = `FOR r IN SELECT quote_ident(rolname) FROM pg_roles WHERE rolname IN (${names}) LOOP`
  return `DO $$ DECLARE r text; d name; others name[]; BEGIN ${each} others := ARRAY(${elsewhere}); ${give} ${keep} END LOOP; END $$;`
}

function databaseLines(database: string, configuration: SqlConfiguration): string[] {
  const { endpoints, extensions } = configuration
  const owner = ownerOf(database, configuration)
  const on = `ON DATABASE ${quote(database)}`
  const users = endpoints.map(({ username }) => username)
  return [
    `ALTER DATABASE ${quote(database)} OWNER TO ${quote(owner.name)};`,
    // what earlier configurations gave
    giveAll([...users, sharedOwnerOf(database)], owner.name),
    ...users.map(user => `ALTER ROLE ${quote(user)} IN DATABASE ${quote(database)} RESET role;`),
    `REVOKE ALL ${on} FROM ${['PUBLIC', ...users.map(quote)].join(', ')};`,
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
    .flatMap(([what, right]) => [`REVOKE ALL ON ${what} %I FROM`, `GRANT ${right} ON ${what} %I TO`])
    .map(change => `EXECUTE format('${change} ${quote(user)}', s);`)
    .join(' ')
  const later = { SCHEMAS: 'USAGE', SEQUENCES: SEQUENCE_RIGHTS[privilege], TABLES: TABLE_RIGHTS[privilege] }
  return [
    `DO $$ DECLARE s text; BEGIN FOR s IN ${SCHEMAS} LOOP ${now} END LOOP; END $$;`,
    ...Object.entries(later)
      .flatMap(([what, right]) => [`REVOKE ALL ON ${what} FROM`, `GRANT ${right} ON ${what} TO`])
      .map(change => `ALTER DEFAULT PRIVILEGES FOR ROLE ${quote(owner)} ${change} ${quote(user)};`),
  ]
}

function withPrivilege(database: string, privilege: string, endpoints: readonly SqlEndpoint[]): string[] {
  return endpoints.filter(({ privileges }) => privileges[database] === privilege).map(({ username }) => username)
}

/** Asked for first: in single-user mode, where an error is to be the end, none can be caught. */
function createRole(name: string): string {
  return `DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${name}') THEN CREATE ROLE ${quote(name)}; END IF; END $$;`
}

function quote(name: string): string {
  return `"${name}"`
}
