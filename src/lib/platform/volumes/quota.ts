import type { EnvironmentSpec } from '../../config/environment-spec.ts'

/** Sizes in files are powers of two. */
const MEGABYTE = 1024 * 1024

/** Bytes that the project's files ask for as the size of this volume: that of the network storage of its name. */
export function quotaOf({ services }: Pick<EnvironmentSpec, 'services'>, volume: string): number | undefined {
  const diskMb = services.find(({ name }) => name === volume)?.diskMb
  return diskMb === undefined ? undefined : diskMb * MEGABYTE
}
