import type { ActivityContext } from '../activities/port.ts'
import type { BackupDeps } from '../backups/deps.ts'
import { makeBackup } from '../backups/make-backup.ts'
import { removeBackup } from '../backups/remove-backup.ts'
import { requireComplete } from '../backups/records.ts'
import { environmentLane } from '../deploy/deploy-activity.ts'
import { placeOf } from '../deploy/deployments.ts'
import type { BundleManifest } from '../../bundle/manifest.ts'

/** The step that removes the backup. */
const OVER = 'parent:over'

/** What an activity that copies the data of an environment's parent is told. */
export interface FromParent {
  /** Id that the backup gets. */
  readonly backup: string
  readonly environment: string
  /** Id of the parent, whose lane the activity declares. */
  readonly from: string
}

/**
 * Hands a consistent backup of the parent to `use`, and removes it afterwards. The parent's applications are held only while
 * it is made: what takes long, writing it into the other environment, is done from the backup. @throws what both throw
 */
export async function withParentBackup(
  deps: BackupDeps,
  context: ActivityContext<FromParent>,
  use: (manifest: BundleManifest) => Promise<void>,
): Promise<void> {
  const { backup } = context.input
  // taken up again after it was removed: all that it was for is done
  if (!context.activity.steps.some(({ name }) => name === OVER)) {
    try {
      await use(await backUpParent(deps, context))
    } catch (error) {
      if (!context.interrupted) await removeBackup(deps, backup)
      throw error
    }
  }
  await context.step(OVER, () => removeBackup(deps, backup))
}

async function backUpParent(deps: BackupDeps, context: ActivityContext<FromParent>): Promise<BundleManifest> {
  const { backup, environment, from } = context.input
  const { name } = placeOf(deps.store, environment).environment
  return context.inLane(environmentLane(from), async () => {
    await makeBackup(deps, context, {
      backup,
      consistency: 'consistent',
      environment: from,
      keep: false,
      label: `copied to ${name}`,
      only: [],
      reason: 'safety',
      steps: 'parent',
    })
    return requireComplete(deps.store, backup).manifest
  })
}
