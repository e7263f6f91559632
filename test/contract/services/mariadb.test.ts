import { mariadb } from '../../../src/lib/platform/services/mariadb.ts'
import { mariadbQuery } from '../../helpers/services/sql-clients.ts'
import { describeDatabase, describeEndpoints } from './database-contract.ts'

const TABLE = 'CREATE TABLE IF NOT EXISTS entries (name varchar(100) PRIMARY KEY, value blob)'

await describeDatabase(mariadb, {
  broken: 'CREATE TABLE taken (a int);\nCREATE TABLE taken (a int);\n',
  denied: /Access denied/,
  async read(connection) {
    const rows = await mariadbQuery(connection, `${TABLE}; SELECT name, HEX(value) FROM entries`)
    const pairs = rows
      .split('\n')
      .filter(Boolean)
      .map(row => row.split('\t'))
    return Object.fromEntries(pairs.map(([name, hex = '']) => [name, Buffer.from(hex, 'hex').toString()]))
  },
  async write(connection, key, value) {
    const hex = Buffer.from(value).toString('hex')
    await mariadbQuery(connection, `${TABLE}; INSERT INTO entries VALUES ('${key}', x'${hex}')`)
  },
})

await describeEndpoints({
  configuration: {
    endpoints: {
      admin: { default_schema: 'main', privileges: { legacy: 'admin', main: 'admin' } },
      importer: { privileges: { legacy: 'rw' } },
      reporter: { privileges: { main: 'ro' } },
    },
    schemas: ['main', 'legacy'],
  },
  denied: /denied/,
  query: mariadbQuery,
  quote: name => `\`${name.replaceAll('`', '``')}\``,
  referring: [
    'CREATE TABLE referred (a int PRIMARY KEY); INSERT INTO referred VALUES (1)',
    'CREATE TABLE referring (a int, FOREIGN KEY (a) REFERENCES main.referred (a)); INSERT INTO referring VALUES (1)',
  ],
  tables: ['main.kept', 'main.odd "`name. (x)', 'legacy.imported'],
  type: mariadb,
})
