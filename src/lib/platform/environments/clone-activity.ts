import * as z from 'zod/mini'
import { AppError } from '../../core/errors.ts'
import type { ActivityContext, ActivityHandler, ActivityOutcome } from '../activities/port.ts'
import { deployInput, environmentLane, releaseBuilt } from '../deploy/deploy-activity.ts'
import type { DeployDeps } from '../deploy/deps.ts'
import type { DeploymentRecord, Store } from '../store/port.ts'
import { eraseEnvironment } from './erase.ts'

/** A deployment of its parent's to the new environment. */
const cloneInput = z.extend(deployInput, {
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
export function cloneHandler(deps: DeployDeps): ActivityHandler<CloneInput> {
  return {
    input: { parse: value => z.parse(cloneInput, value) },
    lanes: ({ data, environment, from }) =>
      [environment, ...(data ? [from] : [])].map(each => ({ capacity: 1, lane: environmentLane(each) })),
    run: context => context.inLane(environmentLane(context.input.environment), () => clone(deps, context)),
    type: 'environment.clone',
  }
}

async function clone(deps: DeployDeps, context: ActivityContext<CloneInput>): Promise<ActivityOutcome> {
  const { environment } = context.input
  try {
    if (context.input.data) context.warn('the data of the parent is not copied')
    const { builds, spec } = sourceOf(deps.store, context.input)
    return await releaseBuilt(deps, context, { builds, spec })
  } catch (error) {
    if (context.interrupted) throw error
    await eraseEnvironment(deps, environment)
    context.log({ level: 'warning', message: 'the new environment was removed' })
    throw error
  }
}

function sourceOf({ deployments }: Store, { from, source }: CloneInput): DeploymentRecord {
  const id = source.kind === 'deployment' ? source.deployment : ''
  const found = deployments.get(id)
  if (found) return found
  throw new AppError('not-found.deployment', `the deployment ${id} of ${from} is gone`)
}
