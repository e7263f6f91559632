import { homedir, tmpdir, userInfo } from 'node:os'
import { dirname, isAbsolute, join, relative, sep } from 'node:path'
import { AppError } from '../core/errors.ts'

/** Directories that hold what nobody wants to send, with all that is below them. */
const SYSTEM_TREES = [
  '/bin',
  '/boot',
  '/etc',
  '/lib',
  '/lib64',
  '/proc',
  '/sbin',
  '/sys',
  '/usr/bin',
  '/usr/lib',
  '/usr/sbin',
  'C:\\Windows',
]

/** Refused themselves; a project may lie below them. */
const SYSTEM_DIRECTORIES = [
  '/Applications', '/Library', '/System', '/Users', '/Volumes', '/dev', '/dev/shm', '/home', '/media', '/mnt', '/opt',
  '/private', '/private/tmp', '/private/var', '/run', '/srv', '/tmp', '/usr', '/usr/local', '/usr/share', '/usr/src', '/var',
  '/var/lib', '/var/log', '/var/tmp', 'C:\\Program Files', 'C:\\Users',
] // prettier-ignore

/** Below the home directory, with all that is below them: keys and credentials. */
const SECRET_TREES = ['.aws', '.azure', '.gnupg', '.kube', '.password-store', '.ssh']

const HOME_DIRECTORIES = [
  '.cache', '.config', '.local', '.local/share', '.local/state', 'Desktop', 'Documents', 'Downloads', 'Library', 'Movies',
  'Music', 'Pictures', 'Public', 'Templates', 'Videos',
] // prettier-ignore

/** @throws usage.source when a directory (absolute, links resolved) cannot be a source */
export function refuseDirectory(directory: string): void {
  const reason = refusal(directory)
  if (reason === undefined) return
  throw new AppError('usage.source', `${directory} cannot be deployed: it ${reason}`, {
    suggestions: ['run it in the directory of one project, or name that directory'],
  })
}

/** Why a directory (absolute, links resolved) cannot be a source; undefined when it can. */
export function refusal(directory: string, homes: readonly string[] = userHomes()): string | undefined {
  if (dirname(directory) === directory) return 'is the root of the file system'
  for (const home of homes) {
    if (directory === home) return 'is a home directory'
    if (isBelow(home, directory)) return 'holds home directories'
    const secret = SECRET_TREES.some(name => isSameOrBelow(directory, join(home, name)))
    if (secret) return 'holds keys and credentials'
    if (HOME_DIRECTORIES.some(name => directory === join(home, name))) return 'holds personal files, not one project'
  }
  if (SYSTEM_TREES.some(tree => isSameOrBelow(directory, tree))) return 'belongs to the operating system'
  if (directory === tmpdir() || SYSTEM_DIRECTORIES.includes(directory)) return 'is a system directory'
  return undefined
}

function userHomes(): string[] {
  return [...new Set([homedir(), userInfo().homedir])].filter(home => isAbsolute(home) && dirname(home) !== home)
}

function isSameOrBelow(path: string, directory: string): boolean {
  return path === directory || isBelow(path, directory)
}

function isBelow(path: string, directory: string): boolean {
  const way = relative(directory, path)
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)
}
