import type { ActivityContext } from '../activities/port.ts'
import type { BackupDeps } from '../backups/deps.ts'
import { makeBackup } from '../backups/make-backup.ts'
import { removeBackup } from '../backups/remove-backup.ts'
import { requireComplete } from '../backups/records.ts'
import { FreshVolume, nameOf, type VolumePlace } from '../backups/volumes.ts'
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

/** What an environment's parent held at one moment. */
export interface ParentData {
  readonly manifest: BundleManifest
  /**
   * Where the file system has clones these are the volumes, and the manifest has none: their files lie beside the environment's
   * own (`FreshVolume`, made by the activity).
   */
  readonly clones: readonly VolumePlace[]
}

/**
 * Hands a consistent copy of the parent's data to `use`, and removes it afterwards: a backup, or one of the databases and clones
 * of the volumes. The parent's applications are held only while it is made: what takes long, writing it into the other
 * environment, is done from the copy. @throws what both throw
 */
export async function withParentBackup(
  deps: BackupDeps,
  context: ActivityContext<FromParent>,
  use: (data: ParentData) => Promise<void>,
): Promise<void> {
  // taken up again after it was removed: all that it was for is done
  if (!context.activity.steps.some(({ name }) => name === OVER)) {
    try {
      await use(await copyParent(deps, context))
    } catch (error) {
      if (!context.interrupted) await removeCopy(deps, context)
      throw error
    }
  }
  await context.step(OVER, () => removeCopy(deps, context))
}

async function removeCopy(deps: BackupDeps, context: ActivityContext<FromParent>): Promise<void> {
  await removeBackup(deps, context.input.backup)
  await removeClones(deps, context)
}

async function copyParent(deps: BackupDeps, context: ActivityContext<FromParent>): Promise<ParentData> {
  const { backup, environment, from } = context.input
  const { name } = placeOf(deps.store, environment).environment
  return context.inLane(environmentLane(from), async () => {
    const areCloned = await context.step('parent:clones', async () => {
      const shares = await deps.engine.sharesCopies()
      // so that nobody is held while the engine gets ready for it
      if (shares) await deps.engine.copyVolumes({ from, to: environment, volumes: [] })
      return shares
    })
    await makeBackup(deps, context, {
      backup,
      consistency: 'consistent',
      environment: from,
      keep: false,
      label: `copied to ${name}`,
      only: [],
      reason: 'safety',
      steps: 'parent',
      takeVolumes: areCloned ? volumes => cloneVolumes(deps, context, volumes) : undefined,
    })
    const clones = await context.step('parent:cloned', () => findClones(deps, context))
    return { clones, manifest: requireComplete(deps.store, backup).manifest }
  })
}

/** Each to the place beside the environment's own, or where that will be. */
async function cloneVolumes(
  deps: BackupDeps,
  context: ActivityContext<FromParent>,
  volumes: readonly VolumePlace[],
): Promise<void> {
  const { environment: to, from } = context.input
  // what a platform that was killed has begun may still go on
  await deps.engine.copyVolumes({ from, to, volumes: [] })
  await removeClones(deps, context)
  const copies = volumes.map(({ instance, volume: name, ...place }) => {
    const fresh = freshVolume(deps, context, { ...place, environment: to, instance, volume: name })
    return { as: fresh.place.volume, instance, name }
  })
  await deps.engine.copyVolumes({ from, to, volumes: copies })
  for (const volume of volumes) context.log({ message: `${nameOf(volume)}: cloned` })
}

async function removeClones(deps: BackupDeps, context: ActivityContext<FromParent>): Promise<void> {
  for (const place of findClones(deps, context)) await freshVolume(deps, context, place).clear()
}

function findClones({ layout }: BackupDeps, { activity, input }: ActivityContext<FromParent>): VolumePlace[] {
  return FreshVolume.find(layout, input.environment, activity.id)
}

function freshVolume({ layout }: BackupDeps, { activity }: ActivityContext, place: VolumePlace): FreshVolume {
  return new FreshVolume(layout, place, activity.id)
}
