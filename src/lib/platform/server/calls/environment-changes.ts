import { createId } from '../../../core/ids.ts'
import type { Activity } from '../../../core/model.ts'
import { type Place, refusePaused, requireLive } from '../../deploy/deployments.ts'
import type { CloneInput } from '../../environments/clone-activity.ts'
import { createBelow } from '../../environments/create-below.ts'
import type { EnvironmentRecord } from '../../store/port.ts'
import type { Call, Handlers } from '../handlers.ts'
import { findPlace } from '../lookup.ts'
import { checkName } from './check-name.ts'
import type { CallDeps } from './deps.ts'

type Calls = Pick<Handlers, 'branchEnvironment' | 'pauseEnvironment' | 'resumeEnvironment'>

/** What changes a whole environment, as activities. */
export function environmentChangeCalls({ activities, store }: CallDeps): Calls {
  const change = (verb: 'pause' | 'resume', { key, params, principal }: AnyCall): Activity =>
    activities.start({
      createdBy: principal.user,
      environment: params.environment,
      key,
      prepare() {
        const place = findPlace(store, params, principal)
        requireLive(store, place)
        const description = `${verb} ${params.project} ${params.environment}`
        return { description, input: { environment: place.environment.id } }
      },
      project: params.project,
      type: `environment.${verb}`,
    })
  return {
    branchEnvironment({ body, key, params, principal }) {
      checkName(body.name)
      return activities.start({
        createdBy: principal.user,
        environment: body.name,
        key,
        prepare() {
          const parent = findPlace(store, params, principal)
          const { id } = requireLive(store, parent)
          if (body.data !== false) refusePaused(parent)
          const environment = createBelow(store, parent, body)
          return {
            description: `make ${params.project} ${body.name} from ${params.environment}`,
            input: cloneInput({ data: body.data ?? true, deployment: id, environment, parent }),
          }
        },
        project: params.project,
        request: body,
        type: 'environment.clone',
      })
    },
    pauseEnvironment: call => change('pause', call),
    resumeEnvironment: call => change('resume', call),
  }
}

type AnyCall = Pick<Call<'pauseEnvironment'>, 'key' | 'params' | 'principal'>

interface Cloned {
  readonly parent: Place
  readonly environment: EnvironmentRecord
  /** Id of the parent's deployment. */
  readonly deployment: string
  readonly data: boolean
}

function cloneInput({ data, deployment, environment, parent }: Cloned): CloneInput {
  return {
    backup: createId('bkp'),
    buildOnly: false,
    data,
    deployment: createId('dep'),
    environment: environment.id,
    from: parent.environment.id,
    message: `from ${parent.environment.name}`,
    project: environment.project,
    source: { deployment, kind: 'deployment', rebuild: false, variables: 'now' },
  }
}
