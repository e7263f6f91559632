import { constants, type Stats } from 'node:fs'
import { type FileHandle, open, readlink, realpath, stat } from 'node:fs/promises'
import { join, sep } from 'node:path'
import type { EdgeMount } from '../port.ts'

/** A file that may be served. */
export interface FoundFile {
  /** Its real path. */
  readonly path: string
  /** The volume it must not leave. Absent for what never changes: an artifact. */
  readonly volume?: string | undefined
}

/** The files of an application as its processes see them: an artifact with volumes at some of its directories. */
export class ApplicationFiles {
  readonly #root: string
  readonly #mounts: readonly EdgeMount[]

  constructor(root: string, mounts: readonly EdgeMount[]) {
    this.#root = root
    this.#mounts = mounts
  }

  /** Of a path relative to the application's root. */
  async kindOf(path: string): Promise<'file' | 'directory' | undefined> {
    const found: Stats | undefined = await stat(this.#locate(path).path).catch(() => undefined)
    if (found?.isFile()) return 'file'
    return found?.isDirectory() ? 'directory' : undefined
  }

  /** Undefined when there is none, or when symbolic links lead out of the artifact or the volume it lies in. */
  async find(path: string): Promise<FoundFile | undefined> {
    const { base, isVolume, path: located } = this.#locate(path)
    try {
      const [root, real] = await Promise.all([realpath(base), realpath(located)])
      return real.startsWith(root + sep) ? { path: real, ...(isVolume ? { volume: root } : {}) } : undefined
    } catch {
      return undefined
    }
  }

  #locate(path: string): { base: string; path: string; isVolume: boolean } {
    const mount = this.#mounts.find(each => path === each.path || path.startsWith(`${each.path}/`))
    if (!mount) return { base: this.#root, isVolume: false, path: join(this.#root, path) }
    return { base: mount.directory, isVolume: true, path: join(mount.directory, path.slice(mount.path.length)) }
  }
}

/**
 * Opens a file of a volume so that it is surely inside: an application may put a link in the place of a directory at any
 * time, between the look and the opening too. Undefined when it is no file, or not inside any more. Linux only.
 */
export async function openInside({ path, volume = sep }: FoundFile): Promise<FileHandle | undefined> {
  const { O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants
  const handle = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK).catch(() => undefined)
  if (!handle) return undefined
  const [real, found] = await Promise.all([readlink(`/proc/self/fd/${handle.fd}`), handle.stat()])
  if (found.isFile() && real.startsWith(volume + sep)) return handle
  await handle.close()
  return undefined
}
