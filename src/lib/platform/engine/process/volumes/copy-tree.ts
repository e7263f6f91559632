import {
  chmodSync,
  closeSync,
  constants,
  copyFileSync,
  fstatSync,
  lchownSync,
  linkSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  openSync,
  readlinkSync,
  type Stats,
  symlinkSync,
} from 'node:fs'
import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createTurn } from '../../../source/turn.ts'
import type { Owner } from '../isolation/permissions.ts'
import { HeldDirectory, isOneOf } from './held-directory.ts'

const { COPYFILE_EXCL, COPYFILE_FICLONE, O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants
/** Larger files are copied beside other work. */
const SMALL_BYTES = 256 * 1024
/** Permissions alone: no set-user-id. */
const PERMISSIONS = 0o777

/**
 * Copies a tree into a directory that is made for it, for `owner`: files (as clones where the file system has them),
 * directories, links as they are, files of several names as such, permissions and times. Sockets, pipes and devices are left
 * out. Who may write the source cannot lead it elsewhere; the target must be out of others' reach until it is done.
 */
export async function copyTree(source: string, target: string, owner: Owner): Promise<void> {
  const links = new Map<string, string>()
  const turn = createTurn()
  const copy = async (from: string, to: string): Promise<void> => {
    await turn()
    const found = lstatSync(from, { throwIfNoEntry: false })
    if (!found) return
    if (found.isDirectory()) await copyDirectory(from, to, found)
    else if (found.isSymbolicLink()) copyLink(from, to, owner)
    else if (found.isFile()) await copyRegular(from, to, { links, owner })
  }
  const copyDirectory = async (from: string, to: string, found: Stats): Promise<void> => {
    using held = HeldDirectory.open(from)
    if (!held) return
    mkdirSync(to, { mode: 0o700 })
    for (const name of held.names()) await copy(join(held.path, name), join(to, name))
    finish(to, found, owner)
  }
  await copy(source, target)
}

function copyLink(from: string, to: string, owner: Owner): void {
  try {
    symlinkSync(readlinkSync(from), to)
  } catch (error) {
    // It is gone, or no link any more.
    if (isOneOf(error, ['ENOENT', 'EINVAL'])) return
    throw error
  }
  if (owner !== undefined) lchownSync(to, owner, owner)
}

interface FileContext {
  /** Where the first copy of a file of several names lies. */
  readonly links: Map<string, string>
  readonly owner: Owner
}

async function copyRegular(from: string, to: string, { links, owner }: FileContext): Promise<void> {
  const descriptor = openFile(from)
  if (descriptor === undefined) return
  try {
    const found = fstatSync(descriptor)
    if (!found.isFile()) return
    const key = found.nlink > 1 ? `${found.dev}:${found.ino}` : undefined
    const first = key && links.get(key)
    if (first !== undefined) return linkSync(first, to)
    if (key !== undefined) links.set(key, to)
    const path = process.platform === 'linux' ? `/proc/self/fd/${descriptor}` : from
    const mode = COPYFILE_EXCL | COPYFILE_FICLONE
    if (found.size < SMALL_BYTES) copyFileSync(path, to, mode)
    else await copyFile(path, to, mode)
    finish(to, found, owner)
  } finally {
    closeSync(descriptor)
  }
}

/** Never waits for the other end of a pipe that took the file's place. */
function openFile(path: string): number | undefined {
  try {
    return openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
  } catch (error) {
    if (isOneOf(error, ['ENOENT', 'ELOOP', 'ENXIO'])) return undefined
    throw error
  }
}

function finish(path: string, found: Stats, owner: Owner): void {
  if (owner !== undefined) lchownSync(path, owner, owner)
  chmodSync(path, found.mode & PERMISSIONS)
  lutimesSync(path, found.atimeMs / 1000, found.mtimeMs / 1000)
}
