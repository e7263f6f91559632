import { AppError } from '../../../core/errors.ts'
import { createId } from '../../../core/ids.ts'
import type { ProjectRecord, ProjectStore } from '../port.ts'
import type { Base } from './base.ts'
import type { Row } from './database.ts'
import { assignments, given, optionalText, text } from './rows.ts'

export function createProjectStore({ database, now, timestamp }: Base): ProjectStore {
  const get = (id: string): ProjectRecord | undefined =>
    toProject(database.get('SELECT * FROM projects WHERE id = :id', { id }))
  const find = (name: string): ProjectRecord | undefined =>
    toProject(database.get('SELECT * FROM projects WHERE name = :name', { name }))
  const existing = (id: string): ProjectRecord => {
    const project = get(id)
    if (!project) throw new AppError('not-found.project', `there is no project ${id}`)
    return project
  }
  return {
    create: ({ name, title = name }) =>
      database.transaction(() => {
        if (find(name)) throw new AppError('conflict.exists', `there is a project "${name}" already`)
        const id = createId('prj', now())
        database.run('INSERT INTO projects (id, name, title, created_at) VALUES (:id, :name, :title, :createdAt)', {
          createdAt: timestamp(),
          id,
          name,
          title,
        })
        return existing(id)
      }),
    delete(id) {
      database.transaction(() => {
        // parents refer to each other: no order of deletion would do
        database.run('UPDATE environments SET parent = NULL WHERE project = :id', { id })
        database.run('DELETE FROM projects WHERE id = :id', { id })
      })
    },
    find,
    get,
    list: () => database.all('SELECT * FROM projects ORDER BY name').flatMap(row => toProject(row) ?? []),
    update(id, { defaultEnvironment, title }) {
      const columns = given({ default_environment: defaultEnvironment, title })
      if (Object.keys(columns).length > 0)
        database.run(`UPDATE projects SET ${assignments(columns)} WHERE id = :id`, { ...columns, id })
      return existing(id)
    },
  }
}

function toProject(row: Row | undefined): ProjectRecord | undefined {
  return (
    row && {
      createdAt: text(row, 'created_at'),
      defaultEnvironment: optionalText(row, 'default_environment'),
      id: text(row, 'id'),
      name: text(row, 'name'),
      title: text(row, 'title'),
    }
  )
}
