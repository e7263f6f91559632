import { AppError } from '../../../core/errors.ts'
import type { DeployActivityInput } from '../../deploy/deploy-activity.ts'
import type { Place } from '../../deploy/deployments.ts'
import type { CallDeps } from './deps.ts'

type Source = DeployActivityInput['source']

interface Commit {
  readonly author: string
  readonly message: string
}

/** Where a build comes from: a deployment that has it, or (built, never deployed) the tree it was made from. */
export type BuildOrigin = { readonly deployment: string } | { readonly tree: string }

export function treeSource(
  store: CallDeps['store'],
  { environment, project }: Place,
  { author, message, tree }: Commit & { readonly tree: string },
): Extract<Source, { kind: 'tree' }> {
  const [latest] = store.revisions.list({ environment: environment.id, limit: 1, project: project.id })
  const revision =
    latest?.tree === tree
      ? latest
      : store.revisions.create({
          author,
          environment: environment.id,
          message,
          parents: latest ? [latest.id] : [],
          project: project.id,
          tree,
        })
  return { kind: 'tree', revision: revision.id, tree }
}

/** A build is deployed with the configuration it was last deployed with in this project, else with its tree's. */
export function buildSource(
  deps: CallDeps,
  place: Place,
  { build, ...commit }: Commit & { readonly build: string },
): Source {
  const origin = buildOrigin(deps, place.project, build)
  if ('deployment' in origin) {
    return { deployment: origin.deployment, kind: 'deployment', rebuild: false, variables: 'now' }
  }
  return { ...treeSource(deps.store, place, { ...commit, tree: origin.tree }), build }
}

/** @throws not-found.build, not-found.source */
export function buildOrigin(deps: CallDeps, project: Place['project'], build: string): BuildOrigin {
  const { store } = deps
  const from = store.environments
    .list(project.id)
    .flatMap(({ id }) => store.deployments.list({ environment: id }))
    .find(({ builds }) => Object.values(builds).some(({ id }) => id === build))
  if (from) return { deployment: from.id }
  const record = store.builds.get(project.id, build)
  if (record) {
    requireTree(deps, record.tree)
    return { tree: record.tree }
  }
  throw new AppError('not-found.build', `${project.name} has no build "${build}"`, {
    suggestions: ['make one: aloft deploy --build-only'],
  })
}

export function requireTree({ sources }: Pick<CallDeps, 'sources'>, tree: string): void {
  if (!sources.hasTree(tree))
    throw new AppError('not-found.source', `the source tree ${tree.slice(0, 12)} is not here; send it first`)
}
