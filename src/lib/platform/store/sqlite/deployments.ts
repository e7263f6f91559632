import { AppError } from '../../../core/errors.ts'
import type { DeploymentChange, DeploymentRecord, DeploymentStore } from '../port.ts'
import type { Secrets } from '../../../secrets/seal.ts'
import type { Base } from './base.ts'
import type { Row } from './database.ts'
import { assignments, bytes, given, jsonColumn, optionalText, text, word } from './rows.ts'

const buildsColumn = jsonColumn<DeploymentRecord['builds']>('builds')
const formationColumn = jsonColumn<DeploymentRecord['formation']>('formation')
const restartsColumn = jsonColumn<DeploymentRecord['restarts']>('restarts')
const specColumn = jsonColumn<DeploymentRecord['spec']>('spec')
const urlsColumn = jsonColumn<DeploymentRecord['urls']>('urls')

export function createDeploymentStore(base: Base): DeploymentStore {
  const { database, secrets } = base
  const get = (id: string): DeploymentRecord | undefined => {
    const row = database.get('SELECT * FROM deployments WHERE id = :id', { id })
    return row && toDeployment(row, secrets)
  }
  const existing = (id: string): DeploymentRecord => {
    const deployment = get(id)
    if (!deployment) throw new AppError('not-found.deployment', `there is no deployment ${id}`)
    return deployment
  }
  return {
    create(deployment) {
      insert(base, deployment)
      return existing(deployment.id)
    },
    delete: id => database.run('DELETE FROM deployments WHERE id = :id', { id }),
    get,
    list: ({ before, environment, limit = -1 }) =>
      database
        .all(
          `SELECT * FROM deployments WHERE environment = :environment
             AND (:before IS NULL OR sequence < (SELECT sequence FROM deployments WHERE id = :before))
           ORDER BY sequence DESC LIMIT :limit`,
          { before, environment, limit },
        )
        .map(row => toDeployment(row, secrets)),
    makeLive: id =>
      database.transaction(() => {
        const { environment } = existing(id)
        database.run(
          "UPDATE deployments SET status = 'superseded' WHERE environment = :environment AND status = 'live' AND id <> :id",
          { environment, id },
        )
        database.run("UPDATE deployments SET status = 'live' WHERE id = :id", { id })
        database.run("UPDATE environments SET deployment = :id, status = 'active' WHERE id = :environment", {
          environment,
          id,
        })
        return existing(id)
      }),
    update(id, change) {
      const columns = changedColumns(id, change, secrets)
      if (Object.keys(columns).length > 0)
        database.run(`UPDATE deployments SET ${assignments(columns)} WHERE id = :id`, { ...columns, id })
      return existing(id)
    },
  }
}

type NewDeployment = Parameters<DeploymentStore['create']>[0]

function insert({ database, secrets, timestamp }: Base, deployment: NewDeployment): void {
  const { activity, environment, id, message, project, revision, tree } = deployment
  database.run(
    `INSERT INTO deployments (id, project, environment, status, spec, tree, revision, builds, variables, formation, urls,
       restarts, message, activity, created_at)
     VALUES (:id, :project, :environment, 'pending', :spec, :tree, :revision, :builds, :variables, :formation, :urls,
       :restarts, :message, :activity, :createdAt)
     ON CONFLICT (id) DO NOTHING`,
    {
      activity,
      builds: buildsColumn.write(deployment.builds),
      createdAt: timestamp(),
      environment,
      formation: formationColumn.write(deployment.formation),
      id,
      message,
      project,
      restarts: restartsColumn.write(deployment.restarts),
      revision,
      spec: specColumn.write(deployment.spec),
      tree,
      urls: urlsColumn.write(deployment.urls),
      variables: sealVariables(secrets, id, deployment.variables),
    },
  )
}

function changedColumns(id: string, change: DeploymentChange, secrets: Secrets): Record<string, string | Uint8Array> {
  const { formation, restarts, status, urls, variables } = change
  return given<string | Uint8Array>({
    formation: formationColumn.writeOptional(formation),
    restarts: restartsColumn.writeOptional(restarts),
    status,
    urls: urlsColumn.writeOptional(urls),
    variables: variables && sealVariables(secrets, id, variables),
  })
}

function sealVariables(secrets: Secrets, id: string, variables: DeploymentRecord['variables']): Uint8Array {
  return secrets.seal(JSON.stringify(variables), variablesContext(id))
}

function variablesContext(id: string): string {
  return `variables of deployment ${id}`
}

function toDeployment(row: Row, secrets: Secrets): DeploymentRecord {
  const id = text(row, 'id')
  return {
    activity: text(row, 'activity'),
    builds: buildsColumn.read(row),
    createdAt: text(row, 'created_at'),
    environment: text(row, 'environment'),
    formation: formationColumn.read(row),
    id,
    message: text(row, 'message'),
    project: text(row, 'project'),
    restarts: restartsColumn.read(row),
    revision: optionalText(row, 'revision'),
    spec: specColumn.read(row),
    status: word(row, 'status', ['pending', 'live', 'superseded', 'failed']),
    tree: optionalText(row, 'tree'),
    urls: urlsColumn.read(row),
    variables: JSON.parse(secrets.open(bytes(row, 'variables'), variablesContext(id))),
  }
}
