import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'

/** A project's files, wherever they lie: a directory, or a stored tree. */
export interface ProjectFiles {
  /** Paths of all files, relative to the root, with `/`; the order does not matter. */
  list(): AsyncIterable<string> | Iterable<string>
  /** The file's bytes; undefined when there is no such file. */
  read(path: string): Promise<Uint8Array | undefined>
}

/** True when a path (relative, with `/`) is not part of the project. */
export type IsIgnored = (path: string, isDirectory: boolean) => boolean

/** Never worth a look when reading project files, whatever the ignore rules say. */
const SKIPPED: ReadonlySet<string> = new Set(['.git', 'node_modules'])

/** The files of a real directory. Symbolic links are not followed, unreadable directories count as empty. */
export function directoryFiles(directory: string, isIgnored: IsIgnored = () => false): ProjectFiles {
  return {
    list: () => walk(directory, '', isIgnored),
    read: async path => {
      try {
        return await readFile(join(directory, path))
      } catch (error) {
        if (isMissing(error)) return undefined
        throw error
      }
    },
  }
}

async function* walk(root: string, directory: string, isIgnored: IsIgnored): AsyncGenerator<string> {
  const entries = await readdir(join(root, directory), { withFileTypes: true }).catch((error: unknown) => {
    if (directory === '') throw error
    return []
  })
  for (const entry of entries) {
    const path = directory === '' ? entry.name : `${directory}/${entry.name}`
    if (SKIPPED.has(entry.name) || isIgnored(path, entry.isDirectory())) continue
    if (entry.isDirectory()) yield* walk(root, path, isIgnored)
    else if (entry.isFile()) yield path
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && ['ENOENT', 'ENOTDIR', 'EISDIR'].includes(String(error.code))
}
