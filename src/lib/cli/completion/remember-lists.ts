import { stripVTControlCharacters } from 'node:util'
import type { Activity, Backup, Environment, Project, Service, Variable } from '../../core/model.ts'
import type { Backups } from '../../providers/backups-port.ts'
import type {
  Activities,
  Environments,
  Projects,
  Provider,
  Services,
  Variables,
  Volumes,
} from '../../providers/port.ts'
import { printTarget } from '../target-name.ts'
import type { Candidate } from './data.ts'
import type { LiveKind } from './kinds.ts'
import { isDatabase, takesConnections } from './service-uses.ts'

/** Where a list belongs. */
export interface Place {
  readonly project?: string | undefined
  readonly environment?: string | undefined
}

/** What was seen: called with each list that a command fetched. */
export type Remember = (kind: LiveKind, place: Place, candidates: readonly Candidate[]) => void

/** The provider, whose lists are noted as they pass. */
export function rememberLists(provider: Provider, remember: Remember): Provider {
  const { activities, backups, environments, projects, services, variables, volumes } = provider
  return {
    ...provider,
    environments: noteEnvironments(environments, remember),
    projects: noteProjects(projects, remember),
    ...(backups && { backups: noteBackups(backups, remember) }),
    ...(activities && { activities: noteActivities(activities, remember) }),
    ...(services && { services: noteServices(services, remember) }),
    ...(variables && { variables: noteVariables(variables, remember) }),
    ...(volumes && { volumes: noteVolumes(volumes, remember) }),
  }
}

function noteProjects(projects: Projects, remember: Remember): Projects {
  const note = (seen: readonly Project[]): void =>
    remember(
      'projects',
      {},
      seen.map(({ name, title }) => candidate(name, title === name ? '' : title)),
    )
  return { ...projects, list: call => passing(projects.list(call), note) }
}

function noteEnvironments(environments: Environments, remember: Remember): Environments {
  const note = (project: string | undefined, seen: readonly Environment[]): void =>
    remember(
      'environments',
      { project },
      seen.map(({ name, type }) => candidate(name, type)),
    )
  return {
    ...environments,
    list: (project, call) => passing(environments.list(project, call), seen => note(project, seen)),
  }
}

function noteActivities(activities: Activities, remember: Remember): Activities {
  const note = (seen: readonly Activity[]): void => remember('activities', {}, seen.map(describeActivity))
  return { ...activities, list: (filter, call) => passing(activities.list(filter, call), note) }
}

function noteBackups(backups: Backups, remember: Remember): Backups {
  const note = (seen: readonly Backup[]): void => remember('backups', {}, seen.map(describeBackup))
  return { ...backups, list: (filter, call) => passing(backups.list(filter, call), note) }
}

function noteServices(services: Services, remember: Remember): Services {
  const list: Services['list'] = async (environment, call) => {
    const seen = await services.list(environment, call)
    remember('services', environment, seen.map(describeService))
    remember('managed-services', environment, seen.filter(takesConnections).map(describeService))
    remember('databases', environment, seen.filter(isDatabase).map(describeService))
    remember('instances', environment, seen.flatMap(describeInstances))
    return seen
  }
  return { ...services, list }
}

function noteVariables(variables: Variables, remember: Remember): Variables {
  return {
    ...variables,
    list: (scope, call) =>
      passing(variables.list(scope, call), seen => remember('variables', scope, seen.map(describeVariable))),
  }
}

function noteVolumes(volumes: Volumes, remember: Remember): Volumes {
  const list: Volumes['list'] = async (environment, call) => {
    const seen = await volumes.list(environment, call)
    remember(
      'volumes',
      environment,
      seen.map(({ mounts, name }) =>
        candidate(name, mounts.map(({ path, service }) => `${service}:${path}`).join(' ')),
      ),
    )
    return seen
  }
  return { ...volumes, list }
}

/** The items as they come; what has come is noted at the end, also where the reader stops early. */
async function* passing<T>(items: AsyncIterable<T>, note: (seen: readonly T[]) => void): AsyncIterable<T> {
  const seen: T[] = []
  let isComplete = false
  try {
    for await (const item of items) {
      seen.push(item)
      yield item
    }
    isComplete = true
  } finally {
    if (isComplete || seen.length > 0) note(seen)
  }
}

function describeActivity({ environment, id, project, result, state, type }: Activity): Candidate {
  const where = environment === undefined ? (project ?? '') : printTarget({ environment, project })
  return candidate(id, [type, where, result ?? state].filter(part => part !== '').join(' '))
}

function describeBackup({ createdAt, environment, id, project }: Backup): Candidate {
  return candidate(id, `${printTarget({ environment, project })} ${createdAt}`)
}

function describeVariable({ inherited, level, name }: Variable): Candidate {
  return candidate(name, inherited ? `of the ${level}` : '')
}

function describeService({ kind, name, type }: Service): Candidate {
  return candidate(name, `${kind}, ${type}`)
}

function describeInstances({ instances }: Service): readonly Candidate[] {
  return instances.map(({ id, state }) => candidate(id, state))
}

/** One line, whatever the cloud sent. */
function candidate(value: string, description: string): Candidate {
  return { description: oneLine(description).slice(0, 80), value: oneLine(value) }
}

function oneLine(text: string): string {
  return stripVTControlCharacters(text).replaceAll(/[\s\p{Cc}]+/gu, ' ')
}
