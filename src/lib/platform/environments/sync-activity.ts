import * as z from 'zod/mini'
import { AppError } from '../../core/errors.ts'
import type { ActivityContext, ActivityHandler, ActivityOutcome } from '../activities/port.ts'
import type { BackupDeps } from '../backups/deps.ts'
import { restoreInput } from '../backups/port.ts'
import { Restore } from '../backups/restore.ts'
import { deployInput, environmentLane, releaseBuilt } from '../deploy/deploy-activity.ts'
import { placeOf, refusePaused } from '../deploy/deployments.ts'
import { withParentBackup } from './parent-backup.ts'

/** A restore of a backup of the parent's, and a deployment of the parent's, either or both. */
const syncInput = z.extend(deployInput, {
  ...restoreInput.shape,
  code: z.boolean(),
  data: z.boolean(),
  /** Id of the parent. */
  from: z.string(),
})
export type SyncInput = z.infer<typeof syncInput>

/**
 * Gives an environment what its parent has now: first the data, in place of its own and after a safety backup of that, then the
 * live deployment. Data that cannot be put in place leaves it as it was.
 */
export function syncHandler(deps: BackupDeps): ActivityHandler<SyncInput> {
  return {
    input: { parse: value => z.parse(syncInput, value) },
    lanes: ({ data, environment, from }) =>
      [environment, ...(data ? [from] : [])].map(each => ({ capacity: 1, lane: environmentLane(each) })),
    run: context => context.inLane(environmentLane(context.input.environment), () => sync(deps, context)),
    type: 'environment.sync',
  }
}

async function sync(deps: BackupDeps, context: ActivityContext<SyncInput>): Promise<ActivityOutcome | void> {
  const { code, data, environment, source } = context.input
  refusePaused(placeOf(deps.store, environment))
  if (data) {
    await withParentBackup(deps, context, async ({ clones, manifest }) => {
      if (manifest.parts.length + clones.length > 0) await Restore.run(deps, context, clones)
      else context.log({ message: 'the parent has no data' })
    })
  }
  if (!code) return
  const id = source.kind === 'deployment' ? source.deployment : ''
  const found = deps.store.deployments.get(id)
  if (!found) throw new AppError('not-found.deployment', `the deployment ${id} of the parent is gone`)
  return releaseBuilt(deps, context, { builds: found.builds, spec: found.spec })
}
