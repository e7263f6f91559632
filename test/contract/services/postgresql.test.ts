import { postgresql } from '../../../src/lib/platform/services/postgresql.ts'
import { psql } from '../../helpers/services/sql-clients.ts'
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
