import { AppError } from '../../../core/errors.ts'
import type { DeployActivityInput } from '../../deploy/deploy-activity.ts'
import type { Place } from '../../deploy/deployments.ts'
import type { CallDeps } from './deps.ts'

export function treeSource(
  store: CallDeps['store'],
  { environment, project }: Place,
  { author, message, tree }: { author: string; message: string; tree: string },
): DeployActivityInput['source'] {
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

/** A build is deployed with the configuration it was last deployed with in this project. */
export function buildSource(
  store: CallDeps['store'],
  { project }: Place,
  build: string,
): DeployActivityInput['source'] {
  const from = store.environments
    .list(project.id)
    .flatMap(({ id }) => store.deployments.list({ environment: id }))
    .find(({ builds }) => Object.values(builds).some(({ id }) => id === build))
  if (from) return { deployment: from.id, kind: 'deployment', rebuild: false, variables: 'now' }
  throw new AppError('not-found.build', `no deployment of ${project.name} has the build "${build}"`, {
    suggestions: ['aloft activities --type deploy'],
  })
}

export function requireTree({ sources }: CallDeps, tree: string): void {
  if (!sources.hasTree(tree))
    throw new AppError('not-found.source', `the source tree ${tree.slice(0, 12)} is not here; send it first`)
}
