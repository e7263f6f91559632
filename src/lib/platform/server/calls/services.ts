import { createHash } from 'node:crypto'
import { AppError } from '../../../core/errors.ts'
import type { Formation, Service } from '../../../core/model.ts'
import type { BodyOf, ResponseOf } from '../../../protocol/api.ts'
import { liveRelease, type Place, refusePaused } from '../../deploy/deployments.ts'
import { toUrl } from '../../deploy/relationship-variables.ts'
import { type StoredRelease, type ReleaseService, releaseServices } from '../../deploy/release.ts'
import type { EngineInstance } from '../../engine/port.ts'
import { SERVICES_RELEASE } from '../../services/port.ts'
import type { ManagedServiceRecord } from '../../store/port.ts'
import type { Call, Handlers } from '../handlers.ts'
import { checkServices, findPlace } from '../lookup.ts'
import { findTarget } from '../service-access.ts'
import type { CallDeps } from './deps.ts'
import { startedBy } from './started-by.ts'

type Calls = Pick<Handlers, 'formation' | 'listServices' | 'restart' | 'scale' | 'serviceConnections'>

export function serviceCalls(deps: CallDeps): Calls {
  const { activities, store } = deps
  return {
    formation: ({ params, principal }) => formationOf(liveOf(deps, findPlace(store, params, principal))),
    listServices: call => listServices(deps, call),
    restart(call) {
      const { body, params, principal } = call
      return activities.start({
        ...startedBy(call, body),
        prepare() {
          const place = findPlace(store, params, principal)
          refusePaused(place)
          const live = liveOf(deps, place)
          const names = releaseServices(live).map(({ name }) => name)
          checkServices(body.services, [...names, ...live.spec.services.map(({ name }) => name)])
          const services = body.services.length > 0 ? body.services : names
          return {
            description: `restart ${services.join(', ')}`,
            input: { environment: place.environment.id, services },
          }
        },
        type: 'restart',
      })
    },
    scale(call) {
      const { body, params, principal } = call
      return activities.start({
        ...startedBy(call, body),
        prepare() {
          const place = findPlace(store, params, principal)
          refusePaused(place)
          const services = newFormation(liveOf(deps, place), body)
          return {
            description: `scale ${services.map(({ count, service }) => `${service}=${count}`).join(' ')}`,
            input: { environment: place.environment.id, services },
          }
        },
        type: 'scale',
      })
    },
    serviceConnections: call => serviceConnections(deps, call),
  }
}

async function listServices(
  { engine, store }: CallDeps,
  { params, principal }: Call<'listServices'>,
): Promise<{ items: Service[] }> {
  const place = findPlace(store, params, principal)
  const release = liveRelease(store, place)
  if (!release) return { items: [] }
  const instances = await engine.instances(place.environment.id)
  const records = store.managedServices.list(place.environment.id)
  const managed = release.spec.services.flatMap(({ name }) => {
    const record = records.find(each => each.name === name)
    return record ? [toManagedService(record, instances)] : []
  })
  const own = releaseServices(release).map(service => toService(service, { instances, release }))
  return { items: [...own, ...managed] }
}

/** @throws not-found.service, usage.input-required */
async function serviceConnections(
  deps: CallDeps,
  { params, principal, query }: Call<'serviceConnections'>,
): Promise<ResponseOf<'serviceConnections'>> {
  const { place, type } = await findTarget(deps, findPlace(deps.store, params, principal), query)
  const here = { ...place, host: '127.0.0.1', hostName: '127.0.0.1', port: query.port }
  return {
    connections: type.connections(here).map(connection => ({
      database: connection.path,
      endpoint: connection.endpoint,
      password: connection.password,
      url: toUrl(connection),
      username: connection.username,
    })),
    service: place.name,
    type: `${type.name}:${place.installed.version}`,
  }
}

/** @throws conflict.not-deployed */
function liveOf({ store }: CallDeps, place: Place): StoredRelease {
  const release = liveRelease(store, place)
  if (release) return release
  throw new AppError(
    'conflict.not-deployed',
    `nothing is deployed to ${place.project.name} ${place.environment.name} yet`,
    { suggestions: ['aloft deploy'] },
  )
}

function formationOf(release: StoredRelease): { fixed: string[]; services: Formation[]; tag: string } {
  const services = releaseServices(release).map(({ count, cpu, memoryMb, name }) => ({
    count,
    cpu,
    memoryMb,
    service: name,
  }))
  const fixed = release.spec.services.map(({ name }) => name)
  return { fixed, services, tag: createHash('sha256').update(JSON.stringify(services)).digest('hex').slice(0, 12) }
}

/** The services to change, completed by what they have. @throws not-found.service, conflict.changed */
function newFormation(live: StoredRelease, { ifCurrent, services }: BodyOf<'scale'>): Formation[] {
  const { fixed, services: before, tag } = formationOf(live)
  refuseManaged(services, fixed)
  checkServices(
    services.map(({ service }) => service),
    before.map(({ service }) => service),
  )
  if (ifCurrent !== undefined && ifCurrent !== tag) {
    throw new AppError('conflict.changed', 'the formation was changed meanwhile', {
      details: { tag },
      suggestions: ['aloft scale'],
    })
  }
  return services.map(change => ({ ...before.find(({ service }) => service === change.service), ...change }))
}

/** @throws unsupported.option */
function refuseManaged(services: readonly Formation[], managed: readonly string[]): void {
  const found = services.find(({ service }) => managed.includes(service))
  if (found)
    throw new AppError('unsupported.option', `${found.service} is a managed service: it cannot be scaled`, {
      details: { service: found.service },
    })
}

function toManagedService(
  { host, name, port, type, version }: ManagedServiceRecord,
  instances: readonly EngineInstance[],
): Service {
  const own = instances.filter(({ release, service }) => release === SERVICES_RELEASE && service === name)
  return {
    address: `${host}:${port}`,
    desired: 1,
    instances: own,
    kind: 'managed',
    name,
    ready: own.filter(({ state }) => state === 'ready').length,
    type: `${type}:${version}`,
    urls: [],
  }
}

function toService(
  service: ReleaseService,
  { instances, release }: { instances: readonly EngineInstance[]; release: StoredRelease },
): Service {
  const own = instances.filter(instance => instance.release === release.id && instance.service === service.name)
  const { name, version } = service.application.runtime
  return {
    cpu: service.cpu,
    desired: service.count,
    instances: own,
    kind: service.kind === 'web' ? 'application' : 'worker',
    memoryMb: service.memoryMb,
    name: service.name,
    ready: own.filter(({ state }) => state === 'ready').length,
    type: version === undefined ? name : `${name}:${version}`,
    urls: isRouted(release, service) ? release.urls : [],
  }
}

function isRouted({ spec }: StoredRelease, { application, kind }: ReleaseService): boolean {
  return (
    kind === 'web' &&
    spec.routes.some(({ target }) => target.kind === 'application' && target.application === application.name)
  )
}
