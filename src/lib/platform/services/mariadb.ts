import { dirname } from 'node:path'
import { readSqlConfiguration, type SqlConfiguration, type SqlWords } from './endpoints.ts'
import { createInsertCounter } from './mariadb/insert-counter.ts'
import * as scripts from './mariadb/scripts.ts'
import { setupStatements } from './mariadb/setup.ts'
import type { Located, ServiceConnection, ServicePlace, ServiceType } from './port.ts'
import { databaseProbes } from './probes.ts'
import { compareVersions, findSystemProgram, programVersion, seriesOf } from './versions.ts'

const WORDS: SqlWords = { databases: 'schemas', default: 'default_schema', endpoint: 'mysql' }

export const mariadb: ServiceType = {
  aliases: ['mysql', 'oracle-mysql'],
  backup: { description: 'all databases with routines, triggers and events, as SQL, of one moment', kind: 'database' },
  client(place) {
    const [endpoint] = configurationOf(place).endpoints
    const where = [`--host=${place.host}`, `--port=${place.port}`, `--user=${place.credentials.username}`]
    return {
      command: ['mariadb', '--no-defaults', ...where, ...(endpoint?.database === undefined ? [] : [endpoint.database])],
      variables: { MYSQL_PWD: place.credentials.password },
    }
  },
  connections(place) {
    return configurationOf(place).endpoints.map(({ database, name, password, username }): ServiceConnection => {
      const where = { host: place.hostName, port: place.port, scheme: 'mysql' }
      return { endpoint: name, ...where, password, path: database, query: { is_master: true }, username }
    })
  },
  data: {
    accepts: (dumped, { version }) =>
      compareVersions(seriesOf(dumped), seriesOf(version)) <= 0
        ? { ok: true }
        : { ok: false, reason: `it was made by MariaDB ${dumped}, and here runs the older ${version}` },
    countCommand: place => ({ command: ['bin/count'], variables: variablesOf(place) }),
    counter: createInsertCounter,
    dump: 'mariadb-sql',
    dumpCommand: place => ({ command: ['bin/dump'], variables: variablesOf(place) }),
    extension: 'sql',
    restoreCommand: place => ({ command: ['bin/restore'], variables: variablesOf(place) }),
  },
  defaults: { diskMb: 1024, memoryMb: 256 },
  kit: () => ({
    build: scripts.BUILD,
    files: {
      'bin/count': scripts.COUNT,
      'bin/dump': scripts.DUMP,
      'bin/ready': scripts.READY,
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
    variables: {
      ...variablesOf(place),
      LISTEN_ADDRESS: place.isCutOff ? '' : place.host,
      LISTEN_PORT: String(place.port),
    },
  }),
  locate,
  name: 'mariadb',
  port: 3306,
  title: 'MariaDB',
}

async function locate(): Promise<Located> {
  const programs = ['mariadbd', 'mariadb-install-db', 'mariadb-dump'].map(findSystemProgram)
  const [server] = programs
  const version = server === undefined ? undefined : await programVersion(server)
  if (version === undefined || programs.includes(undefined)) return { found: false, packages: ['mariadb-server'] }
  const path = [...new Set(programs.flatMap(program => (program === undefined ? [] : [dirname(program)])))]
  return { found: true, path, product: `MariaDB ${version}`, version }
}

function variablesOf(place: ServicePlace): Record<string, string> {
  const configuration = configurationOf(place)
  return { DEFAULT_DATABASE: configuration.databases[0] ?? '', SETUP: setupStatements(configuration) }
}

function configurationOf(place: ServicePlace): SqlConfiguration {
  return readSqlConfiguration(place, WORDS)
}
