import type { BuildRecord, BuildStore } from '../port.ts'
import type { Base } from './base.ts'
import type { Row } from './database.ts'
import { integer, jsonColumn, text } from './rows.ts'

const paths = jsonColumn<BuildRecord['path']>('path')

export function createBuildStore({ database, timestamp }: Base): BuildStore {
  return {
    delete(project, id) {
      database.run('DELETE FROM builds WHERE project = :project AND id = :id', { id, project })
    },
    get(project, id) {
      const row = database.get('SELECT * FROM builds WHERE project = :project AND id = :id', { id, project })
      return row && toBuild(row)
    },
    isUsed: id => database.get('SELECT 1 FROM builds WHERE id = :id', { id }) !== undefined,
    list: ({ application, limit = -1, project }) =>
      database
        .all(
          `SELECT * FROM builds WHERE project = :project AND (:application IS NULL OR application = :application)
           ORDER BY rowid DESC LIMIT :limit`,
          { application, limit, project },
        )
        .map(toBuild),
    put(build) {
      const record = { ...build, createdAt: timestamp() }
      const { application, createdAt, id, path, project, runtime, sizeBytes, tree } = record
      database.run(
        `INSERT OR REPLACE INTO builds (project, id, application, tree, size_bytes, runtime, path, created_at)
         VALUES (:project, :id, :application, :tree, :sizeBytes, :runtime, :path, :createdAt)`,
        { application, createdAt, id, path: paths.write(path), project, runtime, sizeBytes, tree },
      )
      return record
    },
  }
}

function toBuild(row: Row): BuildRecord {
  return {
    application: text(row, 'application'),
    createdAt: text(row, 'created_at'),
    id: text(row, 'id'),
    path: paths.read(row),
    project: text(row, 'project'),
    runtime: text(row, 'runtime'),
    sizeBytes: integer(row, 'size_bytes'),
    tree: text(row, 'tree'),
  }
}
