import * as z from 'zod/mini'
import type { DeploymentRecord, Store } from '../store/port.ts'

/** Of each environment this many deployments stay, however old. */
const KEPT_DEPLOYMENTS = 20

/** What unfinished activities name in their input. */
const input = z.object({
  source: z.object({ build: z.optional(z.string()), deployment: z.optional(z.string()), tree: z.optional(z.string()) }),
})

export interface Kept {
  /** Digests. */
  readonly trees: ReadonlySet<string>
}

/**
 * Forgets the deployments and builds from before `olderThan` (ISO 8601) that nothing needs: those that run, that can be rolled
 * back to, or that an unfinished activity works with stay. In one transaction.
 */
export function pruneRecords(store: Store, olderThan: string): Kept {
  return store.transaction(() => {
    const inUse = usedByActivities(store)
    const kept = store.environments.list().flatMap(environment => {
      const all = store.deployments.list({ environment: environment.id })
      const latest = new Set(all.filter(({ status }) => status !== 'failed').slice(0, KEPT_DEPLOYMENTS))
      const isKept = (each: DeploymentRecord): boolean =>
        latest.has(each) ||
        each.createdAt >= olderThan ||
        each.id === environment.deployment ||
        inUse.deployments.has(each.id)
      for (const each of all) if (!isKept(each)) store.deployments.delete(each.id)
      return all.filter(isKept)
    })
    const builds = new Set([...inUse.builds, ...kept.flatMap(each => Object.values(each.builds).map(({ id }) => id))])
    const trees = new Set([...inUse.trees, ...kept.flatMap(({ tree }) => tree ?? [])])
    for (const project of store.projects.list()) {
      for (const build of store.builds.list({ project: project.id })) {
        if (build.createdAt < olderThan && !builds.has(build.id)) store.builds.delete(project.id, build.id)
        else trees.add(build.tree)
      }
    }
    return { trees }
  })
}

function usedByActivities(store: Store): { builds: Set<string>; deployments: Set<string>; trees: Set<string> } {
  const sources = store.activities.unfinished().flatMap(activity => {
    const parsed = z.safeParse(input, activity.input)
    return parsed.success ? [parsed.data.source] : []
  })
  return {
    builds: new Set(sources.flatMap(({ build }) => build ?? [])),
    deployments: new Set(sources.flatMap(({ deployment }) => deployment ?? [])),
    trees: new Set(sources.flatMap(({ tree }) => tree ?? [])),
  }
}
