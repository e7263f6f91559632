import { readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { homeError, makeHomeDirectory } from '../protocol/make-home.ts'

/**
 * Changes a file of the user's home, whole or not at all, while no other process does, and makes its directory. `edit`
 * gets what is there, undefined when there is none.
 * @throws conflict.busy, failed.disk-full, usage.home
 */
export async function changeUserFile(
  path: string,
  edit: (before: string | undefined) => Promise<string> | string,
): Promise<void> {
  const [{ withLock }, { writePrivateFile }] = await Promise.all([
    import('../credentials/lock.ts'),
    import('../credentials/write-private-file.ts'),
  ])
  // before the lock, which would let others in
  await makeHomeDirectory(dirname(path), 0o700)
  await withLock(path, async () => writePrivateFile(path, await edit(readUserFile(path))))
}

/** Undefined when there is none. @throws usage.home */
export function readUserFile(path: string): string | undefined {
  try {
    // a small file: loading node:fs/promises takes longer than reading it
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw homeError(error, path)
  }
}
