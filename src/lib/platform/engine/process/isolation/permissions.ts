import { constants, type Stats } from 'node:fs'
import { chmod, lchown, lstat, mkdir, open, readdir, stat, unlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { AppError } from '../../../../core/errors.ts'
import { isOneOf } from '../volumes/held-directory.ts'

/** Whoever owns a directory of an environment. Undefined: the keeper's own user. */
export type Owner = number | undefined

/** Makes a directory for the environment's user alone, the way to it passable. */
export async function makeOwned(path: string, owner: Owner): Promise<string> {
  await mkdir(dirname(path), { mode: 0o711, recursive: true })
  // not `recursive`, which takes a spent quota for success
  await mkdir(path, { mode: 0o700 }).catch((error: unknown) => {
    if (!isOneOf(error, ['EEXIST'])) throw error
  })
  if (owner === undefined) return path
  const { mode, uid } = await lstat(path)
  // on a volume whose quota is spent nothing can be changed: what it has is let be
  if (uid === owner && (mode & 0o700) === 0o700) return path
  await lchown(path, owner, owner)
  await chmod(path, 0o700)
  return path
}

/** Hands a tree to the environment's user, who may then write it. Links are not followed, other names of files not given. */
export async function giveTree(path: string, owner: Owner): Promise<void> {
  if (owner === undefined) return
  await walk(path, async (entry, found) => {
    if (found.uid !== owner && !hasOtherNames(found)) await lchown(entry, owner, owner)
  })
}

/**
 * Takes a tree back from its user: owned by the keeper's user again, readable by all, writable by no other. Links are not
 * followed; hard links to files of others, which the user may have made where the system lets it, are removed.
 */
export async function takeTreeBack(path: string, owner: number): Promise<void> {
  const uid = process.getuid?.() ?? 0
  const gid = process.getgid?.() ?? 0
  await walk(path, async (entry, found) => {
    if (found.uid !== owner) return hasOtherNames(found) ? unlink(entry) : undefined
    await lchown(entry, uid, gid)
    if (found.isSymbolicLink()) return
    const readable = found.isDirectory() || (found.mode & 0o100) !== 0 ? 0o555 : 0o444
    const mode = (found.mode & 0o755) | readable
    if (mode !== (found.mode & 0o7777)) await chmod(entry, mode)
  })
}

function hasOtherNames(found: Stats): boolean {
  return found.isFile() && found.nlink > 1
}

/** Lets other users pass through the directories from below `top` down to `path`, without listing them. */
export async function makeEnterable(path: string, top: string): Promise<void> {
  for (let directory = path; directory.startsWith(top); directory = dirname(directory)) {
    const found = await stat(directory)
    if ((found.mode & 0o011) !== 0o011) await chmod(directory, (found.mode & 0o777) | 0o011)
  }
}

/** @throws failed.isolation when a directory above `path` cannot be entered by other users */
export async function assertEnterable(path: string): Promise<void> {
  for (let directory = dirname(path); ; directory = dirname(directory)) {
    const found = await stat(directory).catch(() => undefined)
    if (found && (found.mode & 0o001) === 0) {
      throw new AppError(
        'failed.isolation',
        `instances run as users of their own, and these cannot enter ${directory}`,
        {
          details: { directory, path },
          suggestions: [
            'Install bubblewrap (Debian, Ubuntu: `apt-get install bubblewrap`).',
            'Or set ALOFT_HOME to a directory that other users may enter, e.g. /var/lib/aloft.',
          ],
        },
      )
    }
    if (directory === dirname(directory)) return
  }
}

/**
 * Each directory before what is in it. Directories are held open meanwhile, their entries named through the descriptor: who
 * may write the tree could put a link in the place of a directory at any time.
 */
async function walk(path: string, visit: (path: string, found: Stats) => Promise<void>): Promise<void> {
  const found = await lstat(path)
  await visit(path, found)
  if (!found.isDirectory()) return
  const { O_DIRECTORY, O_NOFOLLOW, O_RDONLY } = constants
  await using held = await open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
  const directory = process.platform === 'linux' ? `/proc/self/fd/${held.fd}` : path
  for (const name of await readdir(directory)) await walk(join(directory, name), visit)
}
