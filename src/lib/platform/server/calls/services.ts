import { createHash } from 'node:crypto'
import { AppError } from '../../../core/errors.ts'
import type { Formation, Service } from '../../../core/model.ts'
import type { BodyOf } from '../../../protocol/api.ts'
import { liveRelease, type Place, refusePaused } from '../../deploy/deployments.ts'
import { type StoredRelease, type ReleaseService, releaseServices } from '../../deploy/release.ts'
import type { EngineInstance } from '../../engine/port.ts'
import type { Handlers } from '../handlers.ts'
import { checkServices, findPlace } from '../lookup.ts'
import type { CallDeps } from './deps.ts'

type Calls = Pick<Handlers, 'formation' | 'listServices' | 'restart' | 'scale'>

export function serviceCalls(deps: CallDeps): Calls {
  const { activities, engine, store } = deps
  return {
    formation: ({ params, principal }) => formationOf(liveOf(deps, findPlace(store, params, principal))),
    async listServices({ params, principal }) {
      const place = findPlace(store, params, principal)
      const release = liveRelease(store, place)
      if (!release) return { items: [] }
      const instances = await engine.instances(place.environment.id)
      return { items: releaseServices(release).map(service => toService(service, { instances, release })) }
    },
    restart({ body, key, params, principal }) {
      return activities.start({
        createdBy: principal.user,
        environment: params.environment,
        key,
        prepare() {
          const place = findPlace(store, params, principal)
          refusePaused(place)
          const names = releaseServices(liveOf(deps, place)).map(({ name }) => name)
          checkServices(body.services, names)
          const services = body.services.length > 0 ? body.services : names
          return {
            description: `restart ${services.join(', ')}`,
            input: { environment: place.environment.id, services },
          }
        },
        project: params.project,
        request: body,
        type: 'restart',
      })
    },
    scale({ body, key, params, principal }) {
      return activities.start({
        createdBy: principal.user,
        environment: params.environment,
        key,
        prepare() {
          const place = findPlace(store, params, principal)
          refusePaused(place)
          const services = newFormation(liveOf(deps, place), body)
          return {
            description: `scale ${services.map(({ count, service }) => `${service}=${count}`).join(' ')}`,
            input: { environment: place.environment.id, services },
          }
        },
        project: params.project,
        request: body,
        type: 'scale',
      })
    },
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

function formationOf(release: StoredRelease): { services: Formation[]; tag: string } {
  const services = releaseServices(release).map(({ count, cpu, memoryMb, name }) => ({
    count,
    cpu,
    memoryMb,
    service: name,
  }))
  return { services, tag: createHash('sha256').update(JSON.stringify(services)).digest('hex').slice(0, 12) }
}

/** The services to change, completed by what they have. @throws not-found.service, conflict.changed */
function newFormation(live: StoredRelease, { ifCurrent, services }: BodyOf<'scale'>): Formation[] {
  const { services: before, tag } = formationOf(live)
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
