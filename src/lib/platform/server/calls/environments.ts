import { AppError } from '../../../core/errors.ts'
import { createId } from '../../../core/ids.ts'
import { createBelow } from '../../environments/create-below.ts'
import type { EnvironmentRecord } from '../../store/port.ts'
import type { Handlers } from '../handlers.ts'
import { findPlace, findProject } from '../lookup.ts'
import { checkName } from './check-name.ts'
import type { CallDeps } from './deps.ts'
import { startedBy } from './started-by.ts'
import { toEnvironment } from './views.ts'

type Calls = Pick<Handlers, 'createEnvironment' | 'deleteEnvironment' | 'getEnvironment' | 'listEnvironments'>

export function environmentCalls({ activities, store }: CallDeps): Calls {
  return {
    createEnvironment({ body, params, principal }) {
      const project = findProject(store, params.project, principal)
      checkName(body.name)
      const parent =
        body.parent === undefined
          ? undefined
          : findPlace(store, { environment: body.parent, project: project.name }, principal)
      const record = parent
        ? createBelow(store, parent, body)
        : store.environments.create({ name: body.name, project: project.id, type: body.type ?? 'development' })
      return toEnvironment(store, record)
    },
    deleteEnvironment(call) {
      const { params, query } = call
      return activities.start({
        ...startedBy(call, query),
        prepare() {
          const project = store.projects.find(params.project)
          const environment = project && store.environments.find(project.id, params.environment)
          if (environment) refuseParent(environment, store.environments.list(environment.project))
          const description = `delete ${params.project} ${params.environment}`
          const backup = query.backup === 'no' ? undefined : createId('bkp')
          return { description, input: { backup, environment: environment?.id } }
        },
        type: 'environment.delete',
      })
    },
    getEnvironment: ({ params, principal }) => toEnvironment(store, findPlace(store, params, principal).environment),
    listEnvironments: ({ params, principal }) => ({
      items: store.environments
        .list(findProject(store, params.project, principal).id)
        .map(record => toEnvironment(store, record)),
    }),
  }
}

function refuseParent({ id, name }: EnvironmentRecord, all: readonly EnvironmentRecord[]): void {
  const children = all.filter(({ parent }) => parent === id).map(child => child.name)
  if (children.length === 0) return
  throw new AppError('conflict.has-children', `${name} is the parent of ${children.join(', ')}`, {
    suggestions: ['delete those first'],
  })
}
