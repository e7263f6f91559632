import { AppError } from '../../../core/errors.ts'
import type { HostRecord, HostStore } from '../port.ts'
import type { Base } from './base.ts'
import { isConstraintError, type Row } from './database.ts'
import { optionalInteger, text } from './rows.ts'

export function createHostStore({ database }: Base): HostStore {
  const find = (host: string): HostRecord | undefined => {
    const row = database.get('SELECT * FROM hosts WHERE host = :host', { host })
    return row && toHost(row)
  }
  return {
    assign({ environment, host, pattern, port }) {
      try {
        const changed = database.run(
          `INSERT INTO hosts (host, environment, pattern, port) VALUES (:host, :environment, :pattern, :port)
           ON CONFLICT (host) DO UPDATE SET pattern = :pattern, port = :port WHERE environment = :environment`,
          { environment, host, pattern, port },
        )
        if (changed === 0) throw new AppError('conflict.exists', `host ${host} belongs to another environment`)
      } catch (error) {
        if (!isConstraintError(error)) throw error
        throw new AppError(
          'conflict.exists',
          `port ${port} belongs to another host, or environment ${environment} is gone`,
          {
            cause: error,
          },
        )
      }
    },
    find,
    list: environment =>
      database
        .all('SELECT * FROM hosts WHERE :environment IS NULL OR environment = :environment ORDER BY rowid', {
          environment,
        })
        .map(toHost),
    remove(host) {
      database.run('DELETE FROM hosts WHERE host = :host', { host })
    },
  }
}

function toHost(row: Row): HostRecord {
  return {
    environment: text(row, 'environment'),
    host: text(row, 'host'),
    pattern: text(row, 'pattern'),
    port: optionalInteger(row, 'port'),
  }
}
