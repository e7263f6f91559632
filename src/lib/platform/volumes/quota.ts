import type { EnvironmentSpec } from '../../config/environment-spec.ts'

/** Sizes in files are powers of two. */
const MEGABYTE = 1024 * 1024

/**
 * Bytes that the project's files ask for as the size of this volume: that of the network storage of its name, else that of
 * the application that mounts it. 0 asks for nothing.
 */
export function quotaOf(
  { applications, services }: Pick<EnvironmentSpec, 'applications' | 'services'>,
  volume: string,
): number | undefined {
  const owner = applications.find(({ mounts, workers }) =>
    [mounts, ...workers.map(worker => worker.mounts)].flat().some(mount => mount.volume === volume),
  )
  const { diskMb } = services.find(({ name }) => name === volume) ?? owner ?? {}
  return diskMb === undefined || diskMb === 0 ? undefined : diskMb * MEGABYTE
}
