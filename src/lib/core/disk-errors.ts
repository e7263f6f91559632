import { AppError } from './errors.ts'

/** A full disk (or a spent quota) as `failed.disk-full`; anything else as it is. */
export function diskError(error: unknown, directory: string): unknown {
  if (!isDiskFull(error)) return error
  return new AppError('failed.disk-full', `the disk that holds ${directory} is full`, {
    cause: error,
    suggestions: ['free some space, then repeat', 'see `df -h`'],
  })
}

/** Also when a quota is spent. */
export function isDiskFull(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT')
}
