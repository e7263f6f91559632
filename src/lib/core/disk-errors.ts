import { AppError } from './errors.ts'

/** What to do about one that is full. */
export const FREE_SPACE: readonly string[] = ['free some space, then repeat', 'see `df -h`']

/** A full disk (or a spent quota) as `failed.disk-full`; anything else as it is. */
export function diskError(error: unknown, directory: string): unknown {
  if (!isDiskFull(error)) return error
  return new AppError('failed.disk-full', `the disk that holds ${directory} is full`, {
    cause: error,
    suggestions: FREE_SPACE,
  })
}

/** A full disk, a spent quota: Node has no name for EDQUOT, which is 122 on Linux and 69 on macOS. */
const FULL = ['ENOSPC', 'Unknown system error -122', 'Unknown system error -69']

/** Also when a quota is spent. */
export function isDiskFull(error: unknown): boolean {
  return error instanceof Error && 'code' in error && FULL.includes(String(error.code))
}
