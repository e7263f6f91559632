import type { ErrorCode } from '../../core/error-codes.ts'
import { AppError, isAppError } from '../../core/errors.ts'
import type { Activity } from '../../core/model.ts'
import type { Activities } from '../activities/port.ts'
import { byDistance, nearestNames } from '../../core/nearest.ts'
import type { Place } from '../deploy/deployments.ts'
import type { Principal } from './authentication.ts'
import type { BackupRecord, EnvironmentRecord, ProjectRecord, Store } from '../store/port.ts'

/** Among so many an unknown id is looked for. */
const RECENT = 100

/** The projects that a caller may know of. */
export function visibleProjects({ projects }: Store, { project }: Principal): ProjectRecord[] {
  return projects.list().filter(({ name }) => (project ?? name) === name)
}

/** @throws not-found.project with the nearest names that the caller may know */
export function findProject(store: Store, name: string, principal: Principal): ProjectRecord {
  const found = store.projects.find(name)
  if (found) return found
  throw notFound('not-found.project', `there is no project "${name}"`, {
    given: name,
    names: visibleProjects(store, principal).map(project => project.name),
  })
}

/** @throws not-found.project, not-found.environment with the nearest names that the caller may know */
export function findPlace(
  store: Store,
  { environment, project }: { readonly project: string; readonly environment: string },
  principal: Principal,
): Place {
  const owner = findProject(store, project, principal)
  const found = store.environments.find(owner.id, environment)
  if (found) return { environment: found, project: owner }
  const names = store.environments.list(owner.id).map(({ name }) => name)
  throw notFound('not-found.environment', `there is no environment "${environment}" in ${project}`, {
    given: environment,
    names,
  })
}

/**
 * What a token of another project may not see is not there for it, nor is it named as near.
 * @throws not-found.activity with the nearest ids
 */
export function findActivity(activities: Activities, id: string, { project }: Principal): Activity {
  const found = getIfThere(activities, id)
  if (found && (project === undefined || found.project === project)) return found
  const recent = activities.list({ limit: RECENT, project })
  const names = nearestNames(
    id,
    recent.map(activity => activity.id),
  )
  throw notFound('not-found.activity', `there is no activity "${id}"`, { given: id, names })
}

/**
 * What a token of another project may not see is not there for it, nor is it named as near.
 * @throws not-found.backup with the nearest ids
 */
export function findBackup({ backups }: Store, id: string, { project }: Principal): BackupRecord {
  const found = backups.get(id)
  if (found && (project === undefined || found.project === project)) return found
  const names = backups.list({ project }).map(backup => backup.id)
  throw notFound('not-found.backup', `there is no backup "${id}"`, { given: id, names })
}

function getIfThere(activities: Activities, id: string): Activity | undefined {
  try {
    return activities.get(id)
  } catch (error) {
    if (isAppError(error) && error.code === 'not-found.activity') return undefined
    throw error
  }
}

/** @throws not-found.service with the nearest names */
export function checkServices(wanted: readonly string[], names: readonly string[], what = 'service'): void {
  for (const given of wanted) {
    if (!names.includes(given)) throw notFound('not-found.service', `there is no ${what} "${given}"`, { given, names })
  }
}

/** Names of environments by id, for answers that name a parent. */
export function nameOf(store: Store, id: string | undefined): string | undefined {
  const record: EnvironmentRecord | undefined = id === undefined ? undefined : store.environments.get(id)
  return record?.name
}

/** An error that names what is closest to what was given. */
export function notFound(
  code: ErrorCode,
  message: string,
  { given, names }: { given: string; names: readonly string[] },
): AppError {
  const nearest = byDistance(given, names).slice(0, 3)
  return new AppError(code, nearest.length > 0 ? `${message}; nearest: ${nearest.join(', ')}` : message, {
    details: { given, nearest },
    suggestions: nearest,
  })
}
