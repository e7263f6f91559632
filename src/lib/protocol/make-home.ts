import { existsSync, statSync } from 'node:fs'
import { access, constants, mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { AppError } from '../core/errors.ts'

/** Of directories above: instances that run as users of their own have to get through to what is theirs. */
const PASSABLE = 0o711

/** Makes a directory of the user's home, with those above it, and sees that it can be written. @throws usage.home */
export async function makeHomeDirectory(path: string, mode: number): Promise<void> {
  try {
    await makeWithParents(path, mode)
    await access(path, constants.W_OK | constants.X_OK)
  } catch (cause) {
    throw homeError(cause, path)
  }
}

/** What the file system says about a place in the user's home, as `usage.home`; other errors as they are. */
export function homeError(error: unknown, path: string): unknown {
  const code = codeOf(error)
  const reason = code === undefined ? undefined : REASONS[code]
  if (reason === undefined) return error
  return new AppError('usage.home', `${path} cannot be used: ${reason}`, {
    cause: error,
    suggestions: ['set ALOFT_HOME to a directory that you may write'],
  })
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'this user may not write there',
  EEXIST: 'a file is in its place',
  EISDIR: 'a directory is in its place',
  ENOENT: 'nothing can be made there',
  ENOTDIR: 'a file is in the place of a directory above it',
  EPERM: 'this user may not write there',
  EROFS: 'the file system is read-only',
}

/** Not `recursive`: where nothing can be made (/proc), Node 24 tries for ever. */
async function makeWithParents(path: string, mode: number): Promise<void> {
  try {
    await mkdir(path, { mode })
  } catch (error) {
    const code = codeOf(error)
    const parent = dirname(path)
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return
    if (code !== 'ENOENT' || existsSync(parent)) throw error
    await makeWithParents(parent, PASSABLE)
    await makeWithParents(path, mode)
  }
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined
}
