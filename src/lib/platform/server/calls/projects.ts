import { createId } from '../../../core/ids.ts'
import type { Handlers } from '../handlers.ts'
import { findProject, visibleProjects } from '../lookup.ts'
import { checkName } from './check-name.ts'
import type { CallDeps } from './deps.ts'
import { startedBy } from './started-by.ts'

type Calls = Pick<Handlers, 'createProject' | 'deleteProject' | 'getProject' | 'listProjects'>

export function projectCalls({ activities, store }: CallDeps): Calls {
  return {
    createProject({ body }) {
      checkName(body.name)
      return store.projects.create(body)
    },
    deleteProject(call) {
      const { params, query } = call
      return activities.start({
        ...startedBy(call, query),
        environment: undefined,
        prepare() {
          const project = store.projects.find(params.project)
          const all = project ? store.environments.list(project.id) : []
          const environments = childrenFirst(all).map(({ id }) => id)
          const backups = query.backup === 'no' ? {} : Object.fromEntries(environments.map(id => [id, createId('bkp')]))
          return {
            description: `delete the project ${params.project}`,
            input: { backups, environments, project: project?.id },
          }
        },
        type: 'project.delete',
      })
    },
    getProject: ({ params, principal }) => findProject(store, params.project, principal),
    listProjects: ({ principal }) => ({
      items: visibleProjects(store, principal),
    }),
  }
}

/** So that none is deleted while others have it as their parent. */
function childrenFirst<T extends { readonly id: string; readonly parent?: string | undefined }>(
  environments: readonly T[],
): T[] {
  const depth = (environment: T): number => {
    const parent = environments.find(({ id }) => id === environment.parent)
    return parent ? depth(parent) + 1 : 0
  }
  return environments.toSorted((a, b) => depth(b) - depth(a))
}
