import { dirname } from 'node:path'
import { diskError } from '../core/disk-errors.ts'
import { AppError } from '../core/errors.ts'
import { homeError, makeHomeDirectory } from '../protocol/make-home.ts'

/** A holder that stopped showing signs of life for so long has died. */
const STALE_MS = 10_000
const RETRIES = { factor: 1.3, maxTimeout: 500, minTimeout: 20, randomize: true, retries: 60 } as const

/**
 * Runs `work` while no other process holds the lock of this file (`<file>.lock` beside it).
 * @throws conflict.busy when another holds it for longer than about 20 s; failed.disk-full, usage.home
 */
export async function withLock<T>(file: string, work: () => Promise<T>): Promise<T> {
  const { lock } = await import('proper-lockfile')
  await makeHomeDirectory(dirname(file), 0o711)
  let release: () => Promise<void>
  try {
    release = await lock(file, { realpath: false, retries: RETRIES, stale: STALE_MS })
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ELOCKED') throw busy(file, error)
    throw homeError(diskError(error, dirname(file)), file)
  }
  try {
    return await work()
  } finally {
    await release()
  }
}

function busy(file: string, cause: Error): AppError {
  return new AppError('conflict.busy', `another aloft holds ${file}`, {
    cause,
    suggestions: [`wait for it; if none runs, remove ${file}.lock`],
  })
}
