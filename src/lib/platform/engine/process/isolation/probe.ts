import { execFile } from 'node:child_process'
import { constants } from 'node:fs'
import { access } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { AppError } from '../../../../core/errors.ts'
import type { IsolationLevel } from '../../port.ts'

const run = promisify(execFile)

export type Level = IsolationLevel['level']

/** How processes are separated here, and the programs that do it. */
export interface Isolation extends IsolationLevel {
  /** Absolute path of bubblewrap; present at level `namespaces`. */
  readonly bubblewrap?: string | undefined
  /** Absolute path of util-linux' setpriv; present where the keeper is root and not at level `none`. */
  readonly setpriv?: string | undefined
}

const SYSTEM_PATH = '/usr/bin:/bin:/usr/sbin:/sbin:/usr/local/bin'

const DESCRIPTIONS = {
  none: 'Instances run as the user of the platform and see its files and network: neither bubblewrap nor root is available.',
  user: 'Instances run as a user of their environment and cannot read the files of the platform, but see other processes and its network; services have addresses, no host names.',
  namespaces:
    'Instances see a read-only system, their own application, volumes and processes only; the network is shared with the host.',
} as const

/**
 * The strongest level that works here, found by trying. `level` asks for a certain one.
 * @throws failed.isolation when that one is not available
 */
export async function probeIsolation(level?: Level): Promise<Isolation> {
  const isRoot = process.getuid?.() === 0
  const setpriv = isRoot ? await findProgram('setpriv') : undefined
  const isWanted = (candidate: Level): boolean => level === undefined || level === candidate
  if (isWanted('namespaces') && (!isRoot || setpriv)) {
    const found = await findWorkingBubblewrap(setpriv)
    if (found) return { ...found, description: DESCRIPTIONS.namespaces, level: 'namespaces', setpriv }
  }
  if (isWanted('user') && setpriv) return { cutsNetwork: false, description: DESCRIPTIONS.user, level: 'user', setpriv }
  if (isWanted('none')) return { cutsNetwork: false, description: DESCRIPTIONS.none, level: 'none' }
  throw new AppError('failed.isolation', `isolation level "${level}" is not available on this machine`, {
    suggestions: ['Install bubblewrap (Debian, Ubuntu: `apt-get install bubblewrap`).'],
  })
}

/** Some systems let nobody make networks, e.g. inside a container. */
async function findWorkingBubblewrap(
  setpriv: string | undefined,
): Promise<{ readonly bubblewrap: string; readonly cutsNetwork: boolean } | undefined> {
  const bubblewrap = process.platform === 'linux' ? await findProgram('bwrap') : undefined
  if (!bubblewrap) return undefined
  const drop = setpriv ? [setpriv, '--reuid=65534', '--regid=65534', '--clear-groups'] : []
  const view = ['--unshare-pid', '--unshare-ipc', '--die-with-parent', '--ro-bind', '/', '/', '--proc', '/proc']
  for (const cutsNetwork of [true, false]) {
    const network = cutsNetwork ? ['--unshare-net'] : []
    const args = [...network, ...view, '--dev', '/dev', '--', ...drop, '/bin/sh', '-c', 'exit 0']
    const works = await run(bubblewrap, args, { timeout: 5000 }).then(
      () => true,
      () => false,
    )
    if (works) return { bubblewrap, cutsNetwork }
  }
  return undefined
}

/** Absolute path of a program of the system. */
export async function findProgram(name: string): Promise<string | undefined> {
  for (const directory of SYSTEM_PATH.split(delimiter)) {
    const path = join(directory, name)
    const found = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    )
    if (found) return path
  }
  return undefined
}
