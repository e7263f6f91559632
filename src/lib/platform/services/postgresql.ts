import { readSqlConfiguration, type SqlConfiguration, type SqlWords } from './endpoints.ts'
import type { ServiceConnection, ServicePlace, ServiceType } from './port.ts'
import { createCopyCounter } from './postgresql/copy-counter.ts'
import { locatePostgresql } from './postgresql/locate.ts'
import * as scripts from './postgresql/scripts.ts'
import { setupVariables } from './postgresql/setup.ts'
import { databaseProbes } from './probes.ts'
import { acceptsUpTo } from './versions.ts'

const WORDS: SqlWords = { databases: 'databases', default: 'default_database', endpoint: 'postgresql' }
export const postgresql: ServiceType = {
  aliases: ['postgres'],
  backup: { description: 'all databases with roles and rights, as SQL, each of one moment', kind: 'database' },
  client(place) {
    const [endpoint] = configurationOf(place).endpoints
    return {
      command: ['psql'],
      variables: {
        PGDATABASE: endpoint?.database ?? 'postgres',
        PGHOST: place.host,
        PGPASSWORD: place.credentials.password,
        PGPORT: String(place.port),
        PGUSER: place.credentials.username,
      },
    }
  },
  connections(place) {
    return configurationOf(place).endpoints.map(({ database, name, password, username }): ServiceConnection => {
      const where = { host: place.hostName, port: place.port, scheme: 'pgsql' }
      return { endpoint: name, ...where, password, path: database, query: { is_master: true }, username }
    })
  },
  data: {
    accepts: acceptsUpTo('PostgreSQL'),
    countCommand: place => ({ command: ['bin/count'], variables: variablesOf(place) }),
    counter: createCopyCounter,
    dump: 'postgresql-sql',
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
      'pg_hba.conf': scripts.HBA,
    },
  }),
  launch: place => ({
    command: ['bin/start'],
    graceMs: 30_000,
    probes: databaseProbes(['bin/ready']),
    variables: { ...variablesOf(place), LISTEN_ADDRESSES: place.isCutOff ? '' : place.host },
  }),
  locate: locatePostgresql,
  name: 'postgresql',
  port: 5432,
  title: 'PostgreSQL',
}

function variablesOf(place: ServicePlace): Record<string, string> {
  return {
    PGPORT: String(place.port),
    SERVICE_USER: place.credentials.username,
    ...setupVariables(configurationOf(place)),
  }
}

function configurationOf(place: ServicePlace): SqlConfiguration {
  return readSqlConfiguration(place, WORDS)
}
