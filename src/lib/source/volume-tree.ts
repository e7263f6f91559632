import { createReadStream, type Dirent } from 'node:fs'
import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { sha256Of } from '../stream/digest.ts'

export interface LocalTree {
  /** Path, with `/` -> size of each regular file. */
  readonly files: ReadonlyMap<string, number>
  /** Paths of what is no regular file and no directory. */
  readonly others: readonly string[]
}

/** All below a directory, links not followed; an absent directory is empty. */
export async function readLocalTree(directory: string, signal: AbortSignal): Promise<LocalTree> {
  const files = new Map<string, number>()
  const others: string[] = []
  const walk = async (below: string): Promise<void> => {
    signal.throwIfAborted()
    for (const entry of await entriesOf(join(directory, below))) {
      const path = below + entry.name
      if (entry.isDirectory()) await walk(`${path}/`)
      else if (entry.isFile()) files.set(path, (await lstat(join(directory, path))).size)
      else others.push(path)
    }
  }
  await walk('')
  return { files, others }
}

function entriesOf(directory: string): Promise<Dirent[]> {
  return readdir(directory, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw error
  })
}

/** SHA-256 of a file's content, hexadecimal. */
export function hashFile(path: string, signal: AbortSignal): Promise<string> {
  return sha256Of(createReadStream(path, { highWaterMark: 256 * 1024, signal }))
}
