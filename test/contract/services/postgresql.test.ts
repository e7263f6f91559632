import { execa } from 'execa'
import { postgresql } from '../../../src/lib/platform/services/postgresql.ts'
import type { ServiceConnection } from '../../../src/lib/platform/services/port.ts'
import { describeDatabase, describeEndpoints } from './database-contract.ts'

const TABLE = 'CREATE TABLE IF NOT EXISTS entries (key text PRIMARY KEY, value text)'

await describeDatabase(postgresql, {
  broken: 'CREATE TABLE taken (a int);\nCREATE TABLE taken (a int);\n',
  denied: /password authentication failed/,
  async read(connection) {
    const rows = await psql(connection, `${TABLE}; SELECT json_object_agg(key, value) FROM entries`)
    return JSON.parse(rows)
  },
  async write(connection, key, value) {
    await psql(connection, `${TABLE}; INSERT INTO entries VALUES (:'key', :'value')`, { key, value })
  },
})

await describeEndpoints({
  configuration: {
    databases: ['main', 'legacy'],
    endpoints: {
      admin: { default_database: 'main', privileges: { legacy: 'admin', main: 'admin' } },
      importer: { privileges: { legacy: 'rw' } },
      reporter: { privileges: { main: 'ro' } },
    },
    extensions: ['pg_trgm'],
  },
  denied: /permission denied/,
  query: psql,
  quote: name => `"${name.replaceAll('"', '""')}"`,
  referring: [
    'CREATE TABLE referred (a int PRIMARY KEY); INSERT INTO referred VALUES (1)',
    'CREATE TABLE referring (a int)',
  ],
  tables: ['public.kept', 'public."odd ""`name. (x)"', 'legacy.public.imported'],
  type: postgresql,
})

async function psql(
  { host, password, path, port, username }: ServiceConnection,
  statement: string,
  values: Readonly<Record<string, string>> = {},
): Promise<string> {
  const variables = Object.entries(values).map(([name, value]) => `--set=${name}=${value}`)
  const { stdout } = await execa('psql', ['--no-psqlrc', '-qAt', '--set=ON_ERROR_STOP=1', ...variables], {
    env: {
      PGDATABASE: path,
      PGHOST: host,
      PGOPTIONS: '-c client_min_messages=warning',
      PGPASSWORD: password,
      PGPORT: String(port),
      PGUSER: username,
    },
    input: statement,
  })
  return stdout
}
