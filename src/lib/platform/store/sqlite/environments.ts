import { AppError } from '../../../core/errors.ts'
import { createId } from '../../../core/ids.ts'
import { ENVIRONMENT_TYPES } from '../../../core/model.ts'
import type { EnvironmentRecord, EnvironmentStore, NewEnvironment } from '../port.ts'
import type { Base } from './base.ts'
import type { Row } from './database.ts'
import { assignments, given, integer, jsonColumn, optionalText, text, word } from './rows.ts'

const formations = jsonColumn<EnvironmentRecord['formation']>('formation')

export function createEnvironmentStore(base: Base): EnvironmentStore {
  const { database } = base
  const get = (id: string): EnvironmentRecord | undefined =>
    toEnvironment(database.get('SELECT * FROM environments WHERE id = :id', { id }))
  const existing = (id: string): EnvironmentRecord => {
    const environment = get(id)
    if (!environment) throw new AppError('not-found.environment', `there is no environment ${id}`)
    return environment
  }
  return {
    create: environment => existing(insert(base, environment)),
    delete(id) {
      database.transaction(() => {
        const child = database.get('SELECT name FROM environments WHERE parent = :id', { id })
        if (child)
          throw new AppError('conflict.has-children', `environment "${text(child, 'name')}" has it as its parent`)
        database.run('DELETE FROM environments WHERE id = :id', { id })
      })
    },
    find: (project, name) =>
      toEnvironment(
        database.get('SELECT * FROM environments WHERE project = :project AND name = :name', { name, project }),
      ),
    get,
    list: project =>
      database
        .all('SELECT * FROM environments WHERE :project IS NULL OR project = :project ORDER BY name, id', { project })
        .flatMap(row => toEnvironment(row) ?? []),
    nextGeneration(id) {
      const row = database.get(
        'UPDATE environments SET generation = generation + 1 WHERE id = :id RETURNING generation',
        { id },
      )
      return row ? integer(row, 'generation') : existing(id).generation
    },
    update(id, { formation, status, type }) {
      const columns = given({ formation: formations.writeOptional(formation), status, type })
      if (Object.keys(columns).length > 0)
        database.run(`UPDATE environments SET ${assignments(columns)} WHERE id = :id`, { ...columns, id })
      return existing(id)
    },
  }
}

function insert({ database, now, timestamp }: Base, { name, parent, project, type }: NewEnvironment): string {
  return database.transaction(() => {
    if (!database.get('SELECT 1 FROM projects WHERE id = :project', { project }))
      throw new AppError('not-found.project', `there is no project ${project}`)
    if (database.get('SELECT 1 FROM environments WHERE project = :project AND name = :name', { name, project }))
      throw new AppError('conflict.exists', `there is an environment "${name}" already`)
    const id = createId('env', now())
    database.run(
      `INSERT INTO environments (id, project, name, type, status, parent, created_at)
       VALUES (:id, :project, :name, :type, 'active', :parent, :createdAt)`,
      { createdAt: timestamp(), id, name, parent, project, type },
    )
    return id
  })
}

function toEnvironment(row: Row | undefined): EnvironmentRecord | undefined {
  return (
    row && {
      createdAt: text(row, 'created_at'),
      deployment: optionalText(row, 'deployment'),
      formation: formations.read(row),
      generation: integer(row, 'generation'),
      id: text(row, 'id'),
      name: text(row, 'name'),
      parent: optionalText(row, 'parent'),
      project: text(row, 'project'),
      status: word(row, 'status', ['active', 'inactive', 'paused']),
      type: word(row, 'type', ENVIRONMENT_TYPES),
    }
  )
}
