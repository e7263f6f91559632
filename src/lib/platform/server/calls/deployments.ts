import { AppError } from '../../../core/errors.ts'
import { createId } from '../../../core/ids.ts'
import type { DeployBody } from '../../../protocol/call-schemas.ts'
import type { DeployActivityInput } from '../../deploy/deploy-activity.ts'
import { type Place, requireLive } from '../../deploy/deployments.ts'
import type { DeploymentRecord } from '../../store/port.ts'
import type { Handlers, PathParams } from '../handlers.ts'
import { findPlace } from '../lookup.ts'
import type { CallDeps } from './deps.ts'
import { startedBy } from './started-by.ts'
import { checkName } from './check-name.ts'
import { checkVariableNames } from '../../../protocol/variable-names.ts'
import { buildSource, requireTree, treeSource } from './deploy-source.ts'
import { planDeployment } from './plan-deployment.ts'
import { toDeployment } from './views.ts'

type Calls = Pick<Handlers, 'deploy' | 'listDeployments' | 'planDeploy' | 'rollback'>

export function deploymentCalls(deps: CallDeps): Calls {
  const { activities, store } = deps
  return {
    deploy(call) {
      const { body, params, principal } = call
      return activities.start({
        ...startedBy(call, body),
        prepare() {
          if (body.input.kind === 'tree') requireTree(deps, body.input.tree)
          const place = findOrCreate(deps, params)
          return {
            description: `${body.buildOnly === true ? 'build' : 'deploy'} ${params.project} ${params.environment}`,
            input: deployInput(deps, { author: principal.user, body, place }),
          }
        },
        type: 'deploy',
      })
    },
    listDeployments: ({ params, principal }) => ({
      items: store.deployments
        .list({ environment: findPlace(store, params, principal).environment.id })
        .map(record => toDeployment(store, record)),
    }),
    planDeploy: call => planDeployment(deps, call),
    rollback(call) {
      const { body, params, principal } = call
      return activities.start({
        ...startedBy(call, body),
        prepare() {
          const place = findPlace(store, params, principal)
          const target = rollbackTarget(deps, place, body.deployment)
          return {
            description: `roll ${params.project} ${params.environment} back to ${target.id}`,
            input: rollbackInput(place, target),
          }
        },
        type: 'rollback',
      })
    },
  }
}

/** A missing project or environment is made; the first environment of a project is its production. */
function findOrCreate(
  { store }: CallDeps,
  { environment, project }: Pick<PathParams, 'environment' | 'project'>,
): Place {
  checkName(project)
  checkName(environment)
  const owner = store.projects.find(project) ?? store.projects.create({ name: project })
  const found = store.environments.find(owner.id, environment)
  const type = store.environments.list(owner.id).length === 0 ? 'production' : 'development'
  return {
    environment: found ?? store.environments.create({ name: environment, project: owner.id, type }),
    project: owner,
  }
}

function deployInput(
  deps: CallDeps,
  { author, body, place }: { author: string; body: DeployBody; place: Place },
): DeployActivityInput {
  const { store } = deps
  const { environment, project } = place
  const message = body.message ?? ''
  const variables = Object.entries(body.variables ?? {})
  checkVariableNames(variables.map(([name]) => name))
  const source =
    body.input.kind === 'tree'
      ? treeSource(store, place, { author, message, tree: body.input.tree })
      : buildSource(deps, place, { author, build: body.input.build, message })
  for (const [name, value] of variables) {
    const scope = { environment: environment.id, project: project.id }
    store.variables.set(scope, { name, secret: false, value, visibleAtBuild: true, visibleAtRuntime: true })
  }
  return {
    buildOnly: body.buildOnly ?? false,
    deployment: createId('dep'),
    environment: environment.id,
    message,
    project: project.id,
    source,
    strategy: body.strategy,
  }
}

function rollbackTarget(deps: CallDeps, place: Place, wanted: string | undefined): DeploymentRecord {
  const live = requireLive(deps.store, place)
  return wanted === undefined ? before(deps, live) : namedDeployment(deps, place, wanted)
}

function rollbackInput({ environment, project }: Place, { id }: DeploymentRecord): DeployActivityInput {
  return {
    buildOnly: false,
    deployment: createId('dep'),
    environment: environment.id,
    message: `roll back to ${id}`,
    project: project.id,
    source: { deployment: id, kind: 'deployment', rebuild: false, variables: 'then' },
  }
}

function before({ store }: CallDeps, live: DeploymentRecord): DeploymentRecord {
  const found = store.deployments
    .list({ before: live.id, environment: live.environment })
    .find(({ status }) => status === 'superseded')
  if (found) return found
  throw new AppError('not-found.deployment', 'there is no deployment before the live one')
}

function namedDeployment({ store }: CallDeps, { environment }: Place, id: string): DeploymentRecord {
  const found = store.deployments.get(id)
  if (found?.environment === environment.id && found.status !== 'failed') return found
  const known = store.deployments
    .list({ environment: environment.id, limit: 5 })
    .filter(({ status }) => status === 'superseded')
  throw new AppError('not-found.deployment', `${environment.name} has no deployment "${id}" to go back to`, {
    suggestions: known.map(each => `aloft rollback ${each.id}`),
  })
}
