import { POSTGRESQL_WORDS } from '../../config/shared/service-settings.ts'
import { readSqlConfiguration } from './endpoints.ts'
import type { ServiceType } from './port.ts'
import { createCopyCounter } from './postgresql/copy-counter.ts'
import { createForeignPostgresqlDump } from './postgresql/foreign-dump.ts'
import { locatePostgresql } from './postgresql/locate.ts'
import * as scripts from './postgresql/scripts.ts'
import { setupVariables } from './postgresql/setup.ts'
import { databaseProbes } from './probes.ts'
import { sqlConnections, sqlData, type SqlType, sqlVariables } from './sql.ts'
import { acceptsUpTo, opensOwnMajor } from './versions.ts'

const SQL: SqlType = {
  scheme: 'pgsql',
  variables: ({ credentials, port }, configuration) => ({
    PGPORT: String(port),
    SERVICE_USER: credentials.username,
    ...setupVariables(configuration),
  }),
  words: { ...POSTGRESQL_WORDS, endpoint: 'postgresql' },
}

export const postgresql: ServiceType = {
  aliases: ['postgres'],
  backup: { description: 'all databases with roles and rights, as SQL, each of one moment', kind: 'database' },
  client(place) {
    const [endpoint] = readSqlConfiguration(place, SQL.words).endpoints
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
  connections: place => sqlConnections(SQL, place),
  data: sqlData(SQL, {
    accepts: acceptsUpTo('PostgreSQL'),
    counter: createCopyCounter,
    dump: 'postgresql-sql',
    foreign: createForeignPostgresqlDump,
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
      'pg_hba.conf': scripts.HBA,
    },
  }),
  launch: place => ({
    command: ['bin/start'],
    graceMs: 30_000,
    probes: databaseProbes(['bin/ready']),
    recovering: ['bin/recovering'],
    variables: { ...sqlVariables(SQL, place), LISTEN_ADDRESSES: place.isCutOff ? '' : place.host },
  }),
  locate: locatePostgresql,
  name: 'postgresql',
  opens: opensOwnMajor('PostgreSQL'),
  port: 5432,
  title: 'PostgreSQL',
}
