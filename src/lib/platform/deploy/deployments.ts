import { AppError } from '../../core/errors.ts'
import { resumeCommand } from '../environments/paused-page.ts'
import type { DeploymentRecord, EnvironmentRecord, ProjectRecord, Store } from '../store/port.ts'
import type { ManagedServices } from '../services/port.ts'
import { relationshipHolder } from './relationships.ts'
import type { Release, StoredRelease } from './release.ts'
import type { AssignedHost } from './hosts.ts'

export interface Place {
  readonly project: ProjectRecord
  readonly environment: EnvironmentRecord
}

/** An environment with its project, by id. @throws not-found.environment when it was deleted meanwhile */
export function placeOf(store: Store, environment: string): Place {
  const record = store.environments.get(environment)
  const project = record && store.projects.get(record.project)
  if (record && project) return { environment: record, project }
  throw new AppError('not-found.environment', `the environment ${environment} was deleted`)
}

export function toStoredRelease(
  store: Store,
  record: DeploymentRecord,
  { environment, project }: Place,
): StoredRelease {
  const { builds, formation, id, restarts, spec, tree = '', urls, variables } = record
  return {
    builds,
    environment: { id: environment.id, name: environment.name, type: environment.type },
    formation,
    hosts: store.hosts.list(environment.id),
    id,
    project: project.name,
    restarts,
    spec,
    tree,
    urls,
    variables,
  }
}

/** A stored deployment as what can be run. @throws failed.tool-missing when the program of a managed service was removed */
export async function toRelease(
  { services, store }: { readonly services: ManagedServices; readonly store: Store },
  record: DeploymentRecord,
  place: Place,
): Promise<Release> {
  const holders = record.spec.applications.flatMap(application => [
    application,
    ...application.workers
      .filter(worker => worker.relationships !== undefined)
      .map(worker => relationshipHolder({ application, worker })),
  ])
  const relationships = await Promise.all(
    holders.map(async holder => [holder.name, await services.relationships(place.environment.id, holder)] as const),
  )
  return { ...toStoredRelease(store, record, place), relationships: Object.fromEntries(relationships) }
}

/** What is live in an environment. */
export function liveRelease(store: Store, place: Place): StoredRelease | undefined {
  const { deployment } = place.environment
  const record = deployment === undefined ? undefined : store.deployments.get(deployment)
  return record && toStoredRelease(store, record, place)
}

/** @throws conflict.not-deployed */
export function requireLive(store: Store, place: Place): DeploymentRecord {
  const { deployment, name } = place.environment
  const record = deployment === undefined ? undefined : store.deployments.get(deployment)
  if (record) return record
  throw new AppError('conflict.not-deployed', `nothing is deployed to ${place.project.name} ${name} yet`, {
    suggestions: ['aloft deploy'],
  })
}

/** @throws conflict.paused */
export function refusePaused(place: Place): void {
  if (place.environment.status !== 'paused') return
  throw new AppError('conflict.paused', `${place.project.name}/${place.environment.name} is paused`, {
    suggestions: [resumeCommand(place)],
  })
}

/** The hosts of an environment that the routes of this release use. */
export function hostsOf(store: Store, release: StoredRelease): AssignedHost[] {
  const patterns = new Set(release.spec.routes.map(({ host }) => host))
  return store.hosts.list(release.environment.id).filter(({ pattern }) => patterns.has(pattern))
}

/** Variables that builds or processes see: the environment's over the project's. */
export function visibleVariables(
  store: Store,
  { environment, project }: Place,
  at: 'build' | 'runtime',
): Record<string, string> {
  const all = [
    ...store.variables.list({ project: project.id }),
    ...store.variables.list({ environment: environment.id, project: project.id }),
  ]
  const visible = all.filter(variable => (at === 'build' ? variable.visibleAtBuild : variable.visibleAtRuntime))
  return Object.fromEntries(visible.map(({ name, value }) => [name, value]))
}
