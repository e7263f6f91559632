import { AppError } from '../../../core/errors.ts'
import type { Secrets } from '../../../secrets/seal.ts'
import type { ManagedServiceRecord, ManagedServiceStore } from '../port.ts'
import type { Base } from './base.ts'
import type { Row } from './database.ts'
import { bytes, integer, optionalText, text } from './rows.ts'

export function createManagedServiceStore({ database, secrets, timestamp }: Base): ManagedServiceStore {
  const get = (environment: string, name: string): ManagedServiceRecord | undefined => {
    const row = database.get('SELECT * FROM managed_services WHERE environment = :environment AND name = :name', {
      environment,
      name,
    })
    return row && toService(row, secrets)
  }
  return {
    create: service =>
      database.transaction(() => {
        const { environment, host, name, port, restart, type, version } = service
        if (get(environment, name)) throw new AppError('conflict.exists', `there is a service "${name}" already`)
        if (database.get('SELECT 1 FROM managed_services WHERE host = :host AND port = :port', { host, port }))
          throw new AppError('conflict.exists', `another service has the address ${host}:${port}`)
        const createdAt = timestamp()
        const configuration = JSON.stringify(service.configuration)
        const credentials = secrets.seal(JSON.stringify(service.credentials), sealedAs(environment, name))
        database.run(
          `INSERT INTO managed_services (environment, name, type, version, host, port, credentials, configuration, restart, created_at)
           VALUES (:environment, :name, :type, :version, :host, :port, :credentials, :configuration, :restart, :createdAt)`,
          { configuration, createdAt, credentials, environment, host, name, port, restart, type, version },
        )
        return { ...service, createdAt }
      }),
    delete(environment, name) {
      database.run('DELETE FROM managed_services WHERE environment = :environment AND name = :name', {
        environment,
        name,
      })
    },
    get,
    list: environment =>
      database
        .all(
          `SELECT * FROM managed_services WHERE :environment IS NULL OR environment = :environment
           ORDER BY environment, name`,
          { environment },
        )
        .map(row => toService(row, secrets)),
    update(environment, name, change) {
      const before = get(environment, name)
      if (!before) throw new AppError('not-found.service', `there is no service "${name}"`)
      const { configuration, restart, version } = { ...before, ...change }
      database.run(
        `UPDATE managed_services SET version = :version, configuration = :configuration, restart = :restart
         WHERE environment = :environment AND name = :name`,
        { configuration: JSON.stringify(configuration), environment, name, restart, version },
      )
      return { ...before, ...change }
    },
  }
}

function sealedAs(environment: string, name: string): string {
  return `service:${environment}:${name}`
}

function toService(row: Row, secrets: Secrets): ManagedServiceRecord {
  const [environment, name] = [text(row, 'environment'), text(row, 'name')]
  return {
    configuration: JSON.parse(text(row, 'configuration')),
    createdAt: text(row, 'created_at'),
    credentials: JSON.parse(secrets.open(bytes(row, 'credentials'), sealedAs(environment, name))),
    environment,
    host: text(row, 'host'),
    name,
    port: integer(row, 'port'),
    restart: optionalText(row, 'restart'),
    type: text(row, 'type'),
    version: text(row, 'version'),
  }
}
