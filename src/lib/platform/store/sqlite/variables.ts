import type { VariableRecord, VariableScope, VariableStore } from '../port.ts'
import type { Base } from './base.ts'
import type { Row } from './database.ts'
import { bytes, flag, optionalText, text } from './rows.ts'

const IN_SCOPE = "project = :project AND ifnull(environment, '') = ifnull(:environment, '')"

export function createVariableStore({ database, secrets, timestamp }: Base): VariableStore {
  const toVariable = (scope: VariableScope, row: Row): VariableRecord => {
    const name = text(row, 'name')
    const value = optionalText(row, 'value')
    return {
      name,
      secret: value === undefined,
      updatedAt: text(row, 'updated_at'),
      value: value ?? secrets.open(bytes(row, 'sealed'), context(scope, name)),
      visibleAtBuild: flag(row, 'visible_at_build'),
      visibleAtRuntime: flag(row, 'visible_at_runtime'),
    }
  }
  return {
    get(scope, name) {
      const row = database.get(`SELECT * FROM variables WHERE ${IN_SCOPE} AND name = :name`, { ...keys(scope), name })
      return row && toVariable(scope, row)
    },
    list: scope =>
      database
        .all(`SELECT * FROM variables WHERE ${IN_SCOPE} ORDER BY name`, keys(scope))
        .map(row => toVariable(scope, row)),
    set(scope, { name, secret, value, visibleAtBuild, visibleAtRuntime }) {
      database.run(
        `INSERT INTO variables (project, environment, name, value, sealed, visible_at_build, visible_at_runtime, updated_at)
         VALUES (:project, :environment, :name, :value, :sealed, :build, :runtime, :updatedAt)
         ON CONFLICT (project, ifnull(environment, ''), name) DO UPDATE SET value = :value, sealed = :sealed,
           visible_at_build = :build, visible_at_runtime = :runtime, updated_at = :updatedAt`,
        {
          ...keys(scope),
          build: Number(visibleAtBuild),
          name,
          runtime: Number(visibleAtRuntime),
          sealed: secret ? secrets.seal(value, context(scope, name)) : undefined,
          updatedAt: timestamp(),
          value: secret ? undefined : value,
        },
      )
    },
    unset: (scope, name) =>
      database.run(`DELETE FROM variables WHERE ${IN_SCOPE} AND name = :name`, { ...keys(scope), name }) > 0,
  }
}

function keys({ environment, project }: VariableScope): { project: string; environment: string | undefined } {
  return { environment, project }
}

function context({ environment, project }: VariableScope, name: string): string {
  return `variable ${project}/${environment ?? ''}/${name}`
}
