import type { Call, Provider } from '../../providers/port.ts'
import type { Place } from './remember-lists.ts'

type List = readonly [string, (() => Promise<unknown>) | undefined]

/** Asks for the lists of a place; the provider remembers them as they pass. Returns what could be had. */
export async function fetchNames(provider: Provider, { environment, project }: Place, call: Call): Promise<string[]> {
  const { environments, projects, services, variables, volumes } = provider
  const hasProject = project !== undefined || !environments.support.belongToProject
  const target = hasProject && environment !== undefined ? { environment, project } : undefined
  const lists: readonly List[] = [
    ['projects', async () => Array.fromAsync(projects.list(call))],
    ['environments', hasProject ? async () => Array.fromAsync(environments.list(project, call)) : undefined],
    ['services', target && services && (async () => services.list(target, call))],
    [
      'variables',
      project !== undefined && variables
        ? async () => Array.fromAsync(variables.list({ environment, project }, call))
        : undefined,
    ],
    ['volumes', target && volumes && (async () => volumes.list(target, call))],
    ...changes(provider, project, call),
  ]
  const results = await Promise.allSettled(lists.map(async ([, list]) => list?.()))
  return lists.flatMap(([name, list], at) => (list && results[at]?.status === 'fulfilled' ? [name] : []))
}

function changes({ activities, backups }: Provider, project: string | undefined, call: Call): readonly List[] {
  return [
    ['backups', backups && (async () => Array.fromAsync(backups.list({ project, state: 'complete' }, call)))],
    ['activities', activities && (async () => Array.fromAsync(activities.list({ limit: 20 }, call)))],
  ]
}
