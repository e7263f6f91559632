import { dirname } from 'node:path'
import { MARIADB_WORDS } from '../../config/shared/service-settings.ts'
import { readSqlConfiguration } from './endpoints.ts'
import { createForeignMysqlDump } from './mariadb/foreign-dump.ts'
import { createInsertCounter } from './mariadb/insert-counter.ts'
import * as scripts from './mariadb/scripts.ts'
import { setupStatements } from './mariadb/setup.ts'
import type { Located, ServiceType } from './port.ts'
import { databaseProbes } from './probes.ts'
import { sqlConnections, sqlData, type SqlType, sqlVariables } from './sql.ts'
import { compareVersions, findSystemProgram, opensUpToSeries, programVersion, seriesOf } from './versions.ts'

const SERVER = ['mariadbd', 'mariadb-install-db']
const CLIENT = ['mariadb', 'mariadb-admin', 'mariadb-dump']

const SQL: SqlType = {
  scheme: 'mysql',
  variables: (_place, configuration) => ({
    DATABASES: configuration.databases.join(' '),
    DEFAULT_DATABASE: configuration.databases[0] ?? '',
    SETUP: setupStatements(configuration),
  }),
  words: { ...MARIADB_WORDS, endpoint: 'mysql' },
}

export const mariadb: ServiceType = {
  aliases: ['mysql', 'oracle-mysql'],
  backup: { description: 'all databases with routines, triggers and events, as SQL, of one moment', kind: 'database' },
  client(place) {
    const [endpoint] = readSqlConfiguration(place, SQL.words).endpoints
    const where = [`--host=${place.host}`, `--port=${place.port}`, `--user=${place.credentials.username}`]
    return {
      command: [
        'mariadb',
        '--no-defaults',
        '--default-character-set=utf8mb4',
        ...where,
        ...(endpoint?.database === undefined ? [] : [endpoint.database]),
      ],
      variables: { MYSQL_PWD: place.credentials.password },
    }
  },
  connections: place => sqlConnections(SQL, place),
  data: sqlData(SQL, {
    accepts: (dumped, { version }) =>
      compareVersions(seriesOf(dumped), seriesOf(version)) <= 0
        ? { ok: true }
        : { ok: false, reason: `it was made by MariaDB ${dumped}, and here runs the older ${version}` },
    counter: createInsertCounter,
    dump: 'mariadb-sql',
    foreign: createForeignMysqlDump,
  }),
  defaults: { diskMb: 1024, memoryMb: 256 },
  kit: () => ({
    build: scripts.BUILD,
    files: {
      'bin/count': scripts.COUNT,
      'bin/dump': scripts.DUMP,
      'bin/ready': scripts.READY,
      'bin/recovering': scripts.RECOVERING,
      'bin/restore': scripts.RESTORE,
      'bin/start': scripts.START,
      'library.sh': scripts.LIBRARY,
      'server.cnf': scripts.SETTINGS,
    },
  }),
  launch: place => ({
    command: ['bin/start'],
    graceMs: 30_000,
    probes: databaseProbes(['bin/ready']),
    recovering: ['bin/recovering'],
    variables: {
      ...sqlVariables(SQL, place),
      LISTEN_ADDRESS: place.isCutOff ? '' : place.host,
      LISTEN_PORT: String(place.port),
    },
  }),
  locate: () => locateMariadb(),
  name: 'mariadb',
  opens: opensUpToSeries('MariaDB'),
  port: 3306,
  title: 'MariaDB',
}

/** `find` gives the path of a program by its name. */
export async function locateMariadb(find = findSystemProgram): Promise<Located> {
  const [missing] = SERVER.filter(program => find(program) === undefined)
  const server = find('mariadbd')
  const version = server === undefined ? undefined : await programVersion(server)
  if (version === undefined || missing !== undefined)
    return { found: false, packages: ['mariadb-server'], program: missing ?? 'mariadbd' }
  const [lacking] = CLIENT.filter(program => find(program) === undefined)
  const all = [...SERVER, ...CLIENT].flatMap(program => find(program) ?? [])
  return {
    found: true,
    path: [...new Set(all.map(program => dirname(program)))],
    product: `MariaDB ${version}`,
    version,
    withoutClient: lacking === undefined ? undefined : { packages: ['mariadb-client'], program: lacking },
  }
}
