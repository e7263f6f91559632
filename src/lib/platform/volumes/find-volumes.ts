import type { Volume } from '../../core/model.ts'
import type { VolumeJobs } from '../backups/volume-jobs.ts'
import { listVolumes, nameOf, type VolumePlace, volumeOf } from '../backups/volumes.ts'
import { liveRelease, type Place } from '../deploy/deployments.ts'
import type { Layout } from '../layout.ts'
import type { Store } from '../store/port.ts'
import { type MountedVolume, mountedVolumes } from './mounted-volumes.ts'
import { quotaOf } from './quota.ts'
import { measureVolume } from './volume-files.ts'

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

/** What they take and who mounts them, by name. @throws failed.volume */
export async function describeVolumes(deps: VolumeDeps, place: Place, signal: AbortSignal): Promise<Volume[]> {
  const mounted = mountedIn(deps, place)
  const spec = liveRelease(deps.store, place)?.spec
  const volumes: Volume[] = []
  for (const each of findVolumes(deps, place)) {
    const taken = await measureVolume({ jobs: deps.volumeJobs, place: each, signal })
    const { mounts = [] } = mounted.find(({ name }) => name === each.volume) ?? {}
    const quotaBytes = spec && quotaOf(spec, each.volume)
    volumes.push({ ...taken, mounts, name: nameOf(each), ...(quotaBytes === undefined ? {} : { quotaBytes }) })
  }
  return volumes.toSorted((a, b) => a.name.localeCompare(b.name))
}

function mountedIn({ store }: VolumeDeps, place: Place): MountedVolume[] {
  const release = liveRelease(store, place)
  return release ? mountedVolumes(release.spec) : []
}
