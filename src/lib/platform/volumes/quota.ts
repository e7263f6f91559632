import type { EnvironmentSpec, MountSpec } from '../../config/environment-spec.ts'

type Sizes = Pick<EnvironmentSpec, 'applications' | 'services'>

/** Sizes in files are powers of two. */
const MEGABYTE = 1024 * 1024

/**
 * Bytes that the project's files ask for as the size of this volume: that of the network storage of its name, else that of
 * the application that mounts it. 0 asks for nothing.
 */
export function quotaOf({ applications, services }: Sizes, volume: string): number | undefined {
  const owner = applications.find(({ mounts, workers }) =>
    [mounts, ...workers.map(worker => worker.mounts)].flat().some(mount => mount.volume === volume),
  )
  const { diskMb } = services.find(({ name }) => name === volume) ?? owner ?? {}
  return diskMb === undefined || diskMb === 0 ? undefined : diskMb * MEGABYTE
}

/** Volume -> bytes, of the volumes that have a quota among those that are mounted. */
export function quotasOf(sizes: Sizes, mounts: readonly MountSpec[]): Record<string, number> {
  const quotas = mounts.map(({ volume }) => [volume, quotaOf(sizes, volume)] as const)
  return Object.fromEntries(
    quotas.flatMap(([volume, bytes]) => (bytes === undefined ? [] : [[volume, bytes] as const])),
  )
}
