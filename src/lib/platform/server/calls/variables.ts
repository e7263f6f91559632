import type { Variable } from '../../../core/model.ts'
import type { BodyOf } from '../../../protocol/api.ts'
import type { DeployActivityInput } from '../../deploy/deploy-activity.ts'
import { createId } from '../../../core/ids.ts'
import type { Place } from '../../deploy/deployments.ts'
import type { VariableScope } from '../../store/port.ts'
import type { Handlers } from '../handlers.ts'
import { findPlace, findProject, notFound } from '../lookup.ts'
import { checkVariableNames } from '../../../protocol/variable-names.ts'
import type { CallDeps } from './deps.ts'
import { startedBy } from './started-by.ts'
import { toVariable } from './views.ts'

type Calls = Pick<Handlers, 'changeProjectVariables' | 'changeVariables' | 'listProjectVariables' | 'listVariables'>
type Change = BodyOf<'changeVariables'>

export function variableCalls(deps: CallDeps): Calls {
  const { activities, store } = deps
  const list = (scope: VariableScope, inherited: boolean): Variable[] =>
    store.variables
      .list(scope)
      .map(record =>
        toVariable(record, { inherited, level: scope.environment === undefined ? 'project' : 'environment' }),
      )
  return {
    changeProjectVariables({ body, params, principal }) {
      change(deps, { project: findProject(store, params.project, principal).id }, body)
      return { effect: 'waits' }
    },
    changeVariables(call) {
      const { body, params, principal } = call
      const place = findPlace(store, params, principal)
      const scope = { environment: place.environment.id, project: place.project.id }
      const rebuild = touchesBuilds(deps, scope, body)
      const { deployment, status } = place.environment
      if (deployment === undefined || status === 'paused') {
        change(deps, scope, body)
        return { effect: 'waits' }
      }
      const activity = activities.start({
        ...startedBy(call, body),
        prepare() {
          change(deps, scope, body)
          return {
            description: `apply changed variables to ${params.project} ${params.environment}`,
            input: redeploy(place, deployment, rebuild),
          }
        },
        type: 'redeploy',
      })
      return { activity, effect: rebuild ? 'redeploys' : 'restarts' }
    },
    listProjectVariables: ({ params, principal }) => ({
      items: list({ project: findProject(store, params.project, principal).id }, false),
    }),
    listVariables({ params, principal }) {
      const { environment, project } = findPlace(store, params, principal)
      const own = list({ environment: environment.id, project: project.id }, false)
      const inherited = list({ project: project.id }, true).filter(
        ({ name }) => !own.some(variable => variable.name === name),
      )
      return { items: [...own, ...inherited].toSorted((a, b) => a.name.localeCompare(b.name)) }
    },
  }
}

/** True when builds see one of these variables, before or after the change. */
function touchesBuilds({ store }: CallDeps, scope: VariableScope, { set, unset }: Change): boolean {
  const known = [...set.map(({ name }) => name), ...unset].map(name => store.variables.get(scope, name))
  return [...set, ...known].some(variable => variable?.visibleAtBuild === true)
}

/** @throws usage.variable with every problem, not-found.variable; then nothing is changed */
function change({ store }: CallDeps, scope: VariableScope, { set, unset }: Change): void {
  checkVariableNames(set.map(({ name }) => name))
  store.transaction(() => {
    for (const variable of set) store.variables.set(scope, variable)
    for (const name of unset) {
      if (!store.variables.unset(scope, name))
        throw notFound('not-found.variable', `there is no variable "${name}" at this level`, {
          given: name,
          names: store.variables.list(scope).map(variable => variable.name),
        })
    }
  })
}

function redeploy({ environment, project }: Place, deployment: string, rebuild: boolean): DeployActivityInput {
  return {
    buildOnly: false,
    deployment: createId('dep'),
    environment: environment.id,
    message: 'changed variables',
    project: project.id,
    source: { deployment, kind: 'deployment', rebuild, variables: 'now' },
  }
}
