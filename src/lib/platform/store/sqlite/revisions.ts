import { createId } from '../../../core/ids.ts'
import type { RevisionRecord, RevisionStore } from '../port.ts'
import type { Base } from './base.ts'
import type { Row } from './database.ts'
import { jsonColumn, optionalText, text } from './rows.ts'

const parentLists = jsonColumn<RevisionRecord['parents']>('parents')

export function createRevisionStore({ database, now, timestamp }: Base): RevisionStore {
  return {
    create(revision) {
      const record = { ...revision, createdAt: timestamp(), id: createId('rev', now()) }
      const { author, createdAt, environment, id, message, parents, project, tree } = record
      database.run(
        `INSERT INTO revisions (id, project, environment, tree, parents, message, author, created_at)
         VALUES (:id, :project, :environment, :tree, :parents, :message, :author, :createdAt)`,
        { author, createdAt, environment, id, message, parents: parentLists.write(parents), project, tree },
      )
      return record
    },
    get(id) {
      const row = database.get('SELECT * FROM revisions WHERE id = :id', { id })
      return row && toRevision(row)
    },
    list: ({ environment, limit = -1, project }) =>
      database
        .all(
          `SELECT * FROM revisions WHERE project = :project AND (:environment IS NULL OR environment = :environment)
           ORDER BY sequence DESC LIMIT :limit`,
          { environment, limit, project },
        )
        .map(toRevision),
  }
}

function toRevision(row: Row): RevisionRecord {
  return {
    author: text(row, 'author'),
    createdAt: text(row, 'created_at'),
    environment: optionalText(row, 'environment'),
    id: text(row, 'id'),
    message: text(row, 'message'),
    parents: parentLists.read(row),
    project: text(row, 'project'),
    tree: text(row, 'tree'),
  }
}
