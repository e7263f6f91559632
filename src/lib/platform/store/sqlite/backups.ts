import { AppError } from '../../../core/errors.ts'
import type { BackupRecord, BackupStore } from '../port.ts'
import type { Base } from './base.ts'
import { jsonColumn } from './rows.ts'

const recordColumn = jsonColumn<BackupRecord>('record')

export function createBackupStore({ database }: Base): BackupStore {
  const get = (id: string): BackupRecord | undefined => {
    const row = database.get('SELECT record FROM backups WHERE id = :id', { id })
    return row && recordColumn.read(row)
  }
  const existing = (id: string): BackupRecord => {
    const backup = get(id)
    if (!backup) throw new AppError('not-found.backup', `there is no backup ${id}`)
    return backup
  }
  return {
    create(backup) {
      const { activity, createdAt, environment, id, project, state } = backup
      database.run(
        `INSERT INTO backups (id, project, environment, state, activity, record, created_at)
         VALUES (:id, :project, :environment, :state, :activity, :record, :createdAt) ON CONFLICT (id) DO NOTHING`,
        { activity, createdAt, environment, id, project, record: recordColumn.write(backup), state },
      )
      return existing(id)
    },
    delete(id) {
      database.run('DELETE FROM backups WHERE id = :id', { id })
    },
    get,
    list: ({ environment, project, state }) =>
      database
        .all(
          `SELECT record FROM backups WHERE (:project IS NULL OR project = :project)
             AND (:environment IS NULL OR environment = :environment) AND (:state IS NULL OR state = :state)
           ORDER BY created_at DESC, id DESC`,
          { environment, project, state },
        )
        .map(row => recordColumn.read(row)),
    update: (id, { expiresAt, ...change }) =>
      database.transaction(() => {
        const expiry = expiresAt === undefined ? {} : { expiresAt: expiresAt ?? undefined }
        const backup = { ...existing(id), ...change, ...expiry }
        database.run('UPDATE backups SET record = :record, state = :state, created_at = :createdAt WHERE id = :id', {
          createdAt: backup.createdAt,
          id,
          record: recordColumn.write(backup),
          state: backup.state,
        })
        return backup
      }),
  }
}
