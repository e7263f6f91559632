import type { Volume } from '../../core/model.ts'
import type { VolumeJobs } from '../backups/volume-jobs.ts'
import { listVolumes, nameOf, type VolumePlace, volumeOf } from '../backups/volumes.ts'
import { liveRelease, type Place } from '../deploy/deployments.ts'
import type { Engine } from '../engine/port.ts'
import type { Layout } from '../layout.ts'
import type { Store } from '../store/port.ts'
import { type MountedVolume, mountedVolumes } from './mounted-volumes.ts'
import { quotaOf } from './quota.ts'

export interface VolumeDeps {
  readonly layout: Layout
  readonly store: Store
  readonly volumeJobs: VolumeJobs
}

/** The volumes that are there, and those that the live deployment mounts and nothing has written to so far. */
export function findVolumes(deps: VolumeDeps, place: Place): VolumePlace[] {
  const { id } = place.environment
  const there = listVolumes(deps, id)
  const fresh = mountedIn(deps, place)
    .filter(({ isDedicated, name }) => !isDedicated && there.every(({ volume }) => volume !== name))
    .map(({ directories, name }) => volumeOf(id, name, directories))
  return [...there, ...fresh]
}

/** What they take and who mounts them, by name. */
export async function describeVolumes(deps: VolumeDeps & { readonly engine: Engine }, place: Place): Promise<Volume[]> {
  const mounted = mountedIn(deps, place)
  const spec = liveRelease(deps.store, place)?.spec
  const taken = await deps.engine.volumes(place.environment.id)
  return findVolumes(deps, place)
    .map(each => {
      const name = nameOf(each)
      const usage = taken.find(({ instance, name: volume }) => nameOf({ instance, volume }) === name)
      const { mounts = [] } = mounted.find(volume => volume.name === each.volume) ?? {}
      const quotaBytes = spec && quotaOf(spec, each.volume)
      const enforced = quotaBytes === undefined ? undefined : usage?.limitBytes !== undefined
      return { bytes: usage?.bytes ?? 0, enforced, files: usage?.files ?? 0, mounts, name, quotaBytes }
    })
    .toSorted((a, b) => a.name.localeCompare(b.name))
}

function mountedIn({ store }: Pick<VolumeDeps, 'store'>, place: Place): MountedVolume[] {
  const release = liveRelease(store, place)
  return release ? mountedVolumes(release.spec) : []
}
