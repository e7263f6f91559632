import { posix } from 'node:path'
import type { EnvironmentSpec, MountSpec } from '../../config/environment-spec.ts'
import type { VolumeMount } from '../../core/model.ts'

/** A volume as a deployment mounts it. */
export interface MountedVolume {
  readonly name: string
  /** Whether each instance has its own. */
  readonly isDedicated: boolean
  readonly mounts: readonly VolumeMount[]
  /** Directories in the volume that are mounted, percent-encoded; `_` is the volume itself. */
  readonly directories: readonly string[]
}

/** The volumes that applications and workers of a deployment mount. Pure. */
export function mountedVolumes({ applications }: Pick<EnvironmentSpec, 'applications'>): MountedVolume[] {
  const found = new Map<string, MountedVolume>()
  for (const { mount, service } of applications.flatMap(allMounts)) {
    const known = found.get(mount.volume)
    found.set(mount.volume, {
      directories: [...new Set([...(known?.directories ?? []), directoryOf(mount)])],
      isDedicated: mount.source === 'instance',
      mounts: [...(known?.mounts ?? []), { path: mount.path, service }],
      name: mount.volume,
    })
  }
  return [...found.values()]
}

function directoryOf({ sourcePath }: MountSpec): string {
  const inside = posix.normalize(`/${sourcePath}`).replaceAll(/^\/|\/$/g, '')
  return inside === '' ? '_' : encodeURIComponent(inside)
}

function allMounts({ mounts, name, workers }: EnvironmentSpec['applications'][number]) {
  const own = mounts.map(mount => ({ mount, service: name }))
  const theirs = workers.flatMap(worker => worker.mounts.map(mount => ({ mount, service: worker.name })))
  return [...own, ...theirs].filter(({ mount }) => mount.source !== 'tmp')
}
