import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  unlinkSync,
} from 'node:fs'
import { join } from 'node:path'
import { createTurn } from './source/turn.ts'

/** How often a directory may fill up again while it is emptied. */
const ROUNDS = 100
const DIRECTORY = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW

/**
 * Removes a directory and all in it, read-only directories too, or a file. Absent is fine. Who may write the tree can put a
 * link in the place of a directory at any time: each directory is held open while it is emptied and its entries named
 * through the descriptor, so that nothing outside is reached. The path above the tree must be the platform's own.
 */
export async function removeTree(path: string): Promise<void> {
  const found = lstatSync(path, { throwIfNoEntry: false })
  if (!found?.isDirectory() || process.platform !== 'linux') return removeByPath(path)
  const held = hold(path)
  if (held === undefined) return removeByPath(path)
  try {
    await empty(held)
  } finally {
    closeSync(held)
  }
  rmdirSync(path)
}

/** Elsewhere than on Linux there are no users whose trees this could be but the platform's own. */
function removeByPath(path: string): void {
  const thaw = (directory: string): void => {
    chmodSync(directory, 0o700)
    for (const entry of readdirSync(directory, { withFileTypes: true }))
      if (entry.isDirectory()) thaw(join(directory, entry.name))
  }
  if (lstatSync(path, { throwIfNoEntry: false })?.isDirectory()) thaw(path)
  rmSync(path, { force: true, recursive: true })
}

/** Depth does not matter: directories below are moved up to the top and emptied there, one at a time. */
async function empty(top: number): Promise<void> {
  const turn = createTurn()
  for (let round = 0; ; round++) {
    const directories = removeFiles(top, top)
    if (directories.length === 0) return
    if (round === ROUNDS) throw new Error('a directory that is being removed fills up again and again')
    for (let name = directories.pop(); name !== undefined; name = directories.pop()) {
      directories.push(...(await removeDirectory(join(through(top), name), top)))
      await turn()
    }
  }
}

/** Returns the names of the directories that were in it, which are at the top now. */
async function removeDirectory(path: string, top: number): Promise<string[]> {
  const held = hold(path)
  if (held === undefined) {
    unlink(path)
    return []
  }
  try {
    // nothing can be moved out of a subvolume of btrfs
    if (fstatSync(held).dev !== fstatSync(top).dev) await empty(held)
    const moved = removeFiles(held, top)
    rmdir(path)
    return moved
  } finally {
    closeSync(held)
  }
}

/** Unlinks all but directories; those are moved to the top under names of ours. */
function removeFiles(directory: number, top: number): string[] {
  const moved: string[] = []
  for (const entry of readdirSync(through(directory), { withFileTypes: true })) {
    const path = join(through(directory), entry.name)
    if (!entry.isDirectory() && unlink(path)) continue
    const name = directory === top ? entry.name : `.${randomBytes(12).toString('hex')}`
    if (directory === top || move(path, join(through(top), name))) moved.push(name)
  }
  return moved
}

/** Open for reading, ours to empty; undefined when there is no directory any more. */
function hold(path: string): number | undefined {
  try {
    const held = openDirectory(path)
    fchmodSync(held, 0o700)
    return held
  } catch (error) {
    if (isOneOf(error, ['ENOENT', 'ENOTDIR', 'ELOOP'])) return undefined
    throw error
  }
}

function openDirectory(path: string): number {
  try {
    return openSync(path, DIRECTORY)
  } catch (error) {
    // never for root, who may read all: then it is one of our own
    if (!isOneOf(error, ['EACCES'])) throw error
    chmodSync(path, 0o700)
    return openSync(path, DIRECTORY)
  }
}

function through(descriptor: number): string {
  return `/proc/self/fd/${descriptor}`
}

/** False when it is a directory. */
function unlink(path: string): boolean {
  try {
    unlinkSync(path)
    return true
  } catch (error) {
    if (isOneOf(error, ['ENOENT'])) return true
    if (isOneOf(error, ['EISDIR', 'EPERM'])) return false
    throw error
  }
}

/** Moving a directory changes it: a read-only one has to be opened up first. False when it is gone. */
function move(from: string, to: string): boolean {
  const held = hold(from)
  if (held === undefined) return unlink(from) && false
  closeSync(held)
  try {
    renameSync(from, to)
    return true
  } catch (error) {
    if (isOneOf(error, ['ENOENT'])) return false
    throw error
  }
}

/** One that filled up again or was exchanged is seen in the next round. */
function rmdir(path: string): void {
  try {
    rmdirSync(path)
  } catch (error) {
    if (!isOneOf(error, ['ENOENT', 'ENOTDIR', 'ENOTEMPTY'])) throw error
  }
}

function isOneOf(error: unknown, codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code))
}
