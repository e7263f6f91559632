import type { MountSpec } from '../../config/environment-spec.ts'
import type { LaunchSpec, MountBinding, ReleaseState, ServiceState } from '../engine/port.ts'
import { type Release, type ReleaseService, releaseServices } from './release.ts'
import { hostNames, relationshipHolder } from './relationships.ts'
import { serviceVariables } from './variables.ts'
import { quotasOf } from '../volumes/quota.ts'

/** What the engine should run for a release; `only` limits it to some of its services. Pure. */
export function releaseState(
  release: Release,
  weight: number,
  only: (service: ReleaseService) => boolean = () => true,
): ReleaseState {
  return {
    id: release.id,
    services: releaseServices(release)
      .filter(only)
      .map(service => serviceState(release, service)),
    weight,
  }
}

function serviceState(release: Release, service: ReleaseService): ServiceState {
  const { application, worker } = service
  const preStart = worker ? worker.preStart : application.web?.commands.preStart
  return {
    count: service.count,
    graceMs: application.stop.graceMs,
    kind: service.kind,
    launch: serviceLaunch(release, service),
    name: service.name,
    preStart,
    probes: worker ? (worker.probes ?? {}) : application.probes,
    restartToken: release.restarts[service.name],
  }
}

/** How processes of this service are started; hooks, crons and sessions share it with another command. */
export function serviceLaunch(release: Release, service: ReleaseService, command?: string): LaunchSpec {
  const { application, worker } = service
  const build = release.builds[application.name]
  if (!build) throw new TypeError(`release ${release.id} has no build of ${application.name}`)
  const { web } = application
  const mounts = worker && worker.mounts.length > 0 ? worker.mounts : application.mounts
  const listens = command === undefined && service.kind === 'web' && web !== undefined
  return {
    artifact: build.id,
    command: command ?? worker?.start ?? web?.commands.start ?? 'exit 0',
    cpu: service.cpu,
    directory: '.',
    hosts: hostNames(release, relationshipHolder(service)),
    memoryMb: service.memoryMb,
    mounts: bindings(mounts),
    path: build.path,
    quotas: quotasOf(release.spec, mounts),
    variables: serviceVariables(release, service),
    ...(listens ? { listen: { expectedPort: web.port, family: web.socketFamily } } : {}),
  }
}

function bindings(mounts: readonly MountSpec[]): MountBinding[] {
  return mounts.map(({ path, source, sourcePath, volume }) => ({ path, source, sourcePath, volume }))
}

/** The service whose surroundings an application's hooks and crons run in. */
export function applicationService(release: Release, application: string): ReleaseService {
  const found = release.spec.applications.find(({ name }) => name === application)
  if (!found) throw new TypeError(`release ${release.id} has no application ${application}`)
  return { application: found, count: 1, kind: 'web', name: found.name, ...found.resources }
}
