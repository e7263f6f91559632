import { AppError } from '../../../core/errors.ts'
import { createId } from '../../../core/ids.ts'
import type { Activity } from '../../../core/model.ts'
import { type Place, placeOf, refusePaused, requireLive } from '../../deploy/deployments.ts'
import type { CloneInput } from '../../environments/clone-activity.ts'
import type { SyncInput } from '../../environments/sync-activity.ts'
import { createBelow } from '../../environments/create-below.ts'
import type { EnvironmentRecord, Store } from '../../store/port.ts'
import type { Handlers } from '../handlers.ts'
import { findPlace } from '../lookup.ts'
import { checkName } from './check-name.ts'
import type { CallDeps } from './deps.ts'
import { startedBy, type StartingCall } from './started-by.ts'

type Calls = Pick<Handlers, 'branchEnvironment' | 'pauseEnvironment' | 'resumeEnvironment' | 'syncEnvironment'>

/** What changes a whole environment, as activities. */
export function environmentChangeCalls(deps: CallDeps): Calls {
  const { activities, store } = deps
  return {
    branchEnvironment(call) {
      const { body, params, principal } = call
      checkName(body.name)
      return activities.start({
        ...startedBy(call, body),
        environment: body.name,
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
        type: 'environment.clone',
      })
    },
    pauseEnvironment: call => change(deps, 'pause', call),
    resumeEnvironment: call => change(deps, 'resume', call),
    syncEnvironment(call) {
      const { body, params, principal } = call
      return activities.start({
        ...startedBy(call, body),
        prepare() {
          const place = findPlace(store, params, principal)
          const parent = parentOf(store, place)
          requireLive(store, place)
          refusePaused(place)
          if (body.data) refusePaused(parent)
          return {
            description: `bring ${whatOf(body)} of ${parent.environment.name} to ${params.project} ${params.environment}`,
            input: syncInput(place, parent, { ...body, deployment: requireLive(store, parent).id }),
          }
        },
        type: 'environment.sync',
      })
    },
  }
}

function change({ activities, store }: CallDeps, verb: 'pause' | 'resume', call: StartingCall): Activity {
  const { params, principal } = call
  return activities.start({
    ...startedBy(call),
    prepare() {
      const place = findPlace(store, params, principal)
      requireLive(store, place)
      const description = `${verb} ${params.project} ${params.environment}`
      return { description, input: { environment: place.environment.id } }
    },
    type: `environment.${verb}`,
  })
}

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

/** @throws conflict.no-parent */
function parentOf(store: Store, { environment, project }: Place): Place {
  if (environment.parent !== undefined) return placeOf(store, environment.parent)
  throw new AppError('conflict.no-parent', `${project.name}/${environment.name} has no parent`, {
    suggestions: ['make one that has: aloft environments create NAME --parent PARENT'],
  })
}

interface Synced {
  readonly backup?: boolean | undefined
  readonly code: boolean
  readonly data: boolean
  /** Id of the parent's deployment. */
  readonly deployment: string
}

function syncInput(
  { environment }: Place,
  parent: Place,
  { backup = true, code, data, deployment }: Synced,
): SyncInput {
  return {
    backup: createId('bkp'),
    buildOnly: false,
    code,
    data,
    deployment: createId('dep'),
    environment: environment.id,
    from: parent.environment.id,
    message: `from ${parent.environment.name}`,
    only: [],
    project: environment.project,
    rename: {},
    safetyBackup: backup,
    source: { deployment, kind: 'deployment', rebuild: false, variables: 'now' },
  }
}

function whatOf({ code, data }: { readonly code: boolean; readonly data: boolean }): string {
  return [...(code ? ['the code'] : []), ...(data ? ['the data'] : [])].join(' and ')
}
