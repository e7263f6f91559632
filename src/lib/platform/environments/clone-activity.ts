import * as z from 'zod/mini'
import { AppError } from '../../core/errors.ts'
import type { ActivityContext, ActivityHandler, ActivityOutcome } from '../activities/port.ts'
import { deployInput, environmentLane, releaseBuilt } from '../deploy/deploy-activity.ts'
import type { BackupDeps } from '../backups/deps.ts'
import { placeOf, toRelease } from '../deploy/deployments.ts'
import type { DeploymentRecord, Store } from '../store/port.ts'
import { eraseEnvironment } from './erase.ts'
import { fillEnvironment } from './fill.ts'
import { withParentBackup } from './parent-backup.ts'

/** A deployment of its parent's to the new environment. */
const cloneInput = z.extend(deployInput, {
  /** Id of the backup of the parent that its data is copied from. */
  backup: z.string(),
  /** Whether the parent's data is copied before anything starts. */
  data: z.boolean(),
  /** Id of the parent. */
  from: z.string(),
})
export type CloneInput = z.infer<typeof cloneInput>

/**
 * Gives a new environment what its parent has: the live deployment with the same builds, under hosts of its own, and the
 * data. One that cannot be completed is removed.
 */
export function cloneHandler(deps: BackupDeps): ActivityHandler<CloneInput> {
  return {
    input: { parse: value => z.parse(cloneInput, value) },
    lanes: ({ data, environment, from }) =>
      [environment, ...(data ? [from] : [])].map(each => ({ capacity: 1, lane: environmentLane(each) })),
    run: context => context.inLane(environmentLane(context.input.environment), () => clone(deps, context)),
    type: 'environment.clone',
  }
}

async function clone(deps: BackupDeps, context: ActivityContext<CloneInput>): Promise<ActivityOutcome> {
  const { environment } = context.input
  try {
    const { builds, spec } = sourceOf(deps.store, context.input)
    const prepared = context.input.data ? () => copyData(deps, context) : undefined
    return await releaseBuilt(deps, context, { builds, prepared, spec })
  } catch (error) {
    if (context.interrupted) throw error
    await eraseEnvironment(deps, environment)
    context.log({ level: 'warning', message: 'the new environment was removed' })
    throw error
  }
}

function copyData(deps: BackupDeps, context: ActivityContext<CloneInput>): Promise<void> {
  const { deployment, environment } = context.input
  return withParentBackup(deps, context, async data => {
    const record = requireDeployment(deps.store, deployment)
    const release = await toRelease(deps, record, placeOf(deps.store, environment))
    await fillEnvironment(deps, context, { ...data, release })
  })
}

function sourceOf(store: Store, { source }: CloneInput): DeploymentRecord {
  return requireDeployment(store, source.kind === 'deployment' ? source.deployment : '')
}

function requireDeployment({ deployments }: Store, id: string): DeploymentRecord {
  const found = deployments.get(id)
  if (found) return found
  throw new AppError('not-found.deployment', `the deployment ${id} is gone`)
}
