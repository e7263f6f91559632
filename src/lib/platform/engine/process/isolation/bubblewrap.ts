import { existsSync, lstatSync, readdirSync, readlinkSync, realpathSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, isAbsolute, join, relative, sep } from 'node:path'
import type { Home } from '../../../../protocol/home.ts'
import type { LaunchSpec } from '../../port.ts'
import { applicationArguments, type ResolvedMount } from './application-view.ts'
import type { FileView } from './own-etc.ts'

/** Where the application shows inside. */
export const APP = '/app'
export const HOME = '/run/home'
export const SOCKETS = '/run/sockets'

export interface SandboxOptions {
  readonly home: Home
  /** The published application, or the directory of a build in progress. */
  readonly artifact: string
  readonly mounts: readonly ResolvedMount[]
  /** Host directories that may be written; in the artifact they show at their place below `/app`. */
  readonly writable: readonly string[]
  /** Host directories that must be seen although they lie in a hidden place: chosen runtimes. */
  readonly visible: readonly string[]
  /** Host directory with `home/` and `tmp/`. */
  readonly scratch: string
  /** Host directory of the instance's own socket. */
  readonly sockets?: string | undefined
  readonly isTty: boolean
  /** Files that show in place of the system's. */
  readonly files: readonly FileView[]
  readonly network: LaunchSpec['network']
}

/**
 * bubblewrap's arguments up to `--`. The system is seen read-only; of aloft's files and of home directories nothing; /tmp,
 * /run and the process tree are its own; the network is the host's, or none. It dies with the process that starts it.
 */
export function sandboxArguments(options: SandboxOptions): string[] {
  const { artifact, files, isTty, network, scratch, sockets } = options
  return [
    '--unshare-pid',
    '--unshare-ipc',
    '--die-with-parent',
    ...(network === 'none' ? ['--unshare-net'] : []),
    ...(process.getuid?.() === 0 ? [] : ['--unshare-user']),
    ...(isTty ? [] : ['--new-session']),
    ...system(),
    ...files.flatMap(({ source, target }) => ['--ro-bind', source, target]),
    '--bind',
    join(scratch, 'tmp'),
    '/tmp',
    '--tmpfs',
    '/var/tmp',
    '--tmpfs',
    '/run',
    ...nameResolution(),
    '--bind',
    join(scratch, 'home'),
    HOME,
    ...hidden(options.home).flatMap(path => ['--tmpfs', path]),
    ...options.visible
      .filter(path => isHidden(path, options.home))
      .flatMap(path => [...passable(path), '--ro-bind-try', path, path]),
    ...(sockets ? ['--bind', sockets, SOCKETS] : []),
    ...(options.writable.includes(artifact)
      ? ['--bind', artifact, APP, ...options.mounts.flatMap(({ path, source }) => ['--bind', source, join(APP, path)])]
      : applicationArguments(artifact, APP, options.mounts)),
    ...options.writable
      .filter(path => path !== artifact)
      .map(path => [path, insidePath(path, artifact)] as const)
      .flatMap(([path, inside]) => [...passable(inside), '--bind', path, inside]),
    '--remount-ro',
    '/',
  ]
}

/** The directories above it, which bubblewrap would make for its own user alone. */
function passable(path: string): string[] {
  const parent = dirname(path)
  return parent === '/' ? [] : [...passable(parent), '--perms', '0755', '--dir', parent]
}

/** How a host directory is called inside. */
function insidePath(path: string, artifact: string): string {
  const inside = relative(artifact, path)
  return inside.startsWith('..') || isAbsolute(inside) ? path : join(APP, inside)
}

/** The host's root, entry by entry, on an empty file system: so that `/app` and others can be made. */
function system(): string[] {
  const own = new Set(['app', 'dev', 'proc', 'run', 'tmp'])
  const names = readdirSync('/').filter(name => !own.has(name))
  return [...names.flatMap(name => rootEntry(join('/', name))), '--proc', '/proc', '--dev', '/dev']
}

function rootEntry(path: string): string[] {
  return lstatSync(path).isSymbolicLink() ? ['--symlink', readlinkSync(path), path] : ['--ro-bind-try', path, path]
}

/** /etc/resolv.conf is often a link into /run. */
function nameResolution(): string[] {
  try {
    const target = realpathSync('/etc/resolv.conf')
    return target.startsWith('/run/') ? ['--ro-bind', dirname(target), dirname(target)] : []
  } catch {
    return []
  }
}

/** Outermost first, none inside another. */
function hidden(home: Home): string[] {
  const wanted = [home.config, home.data, home.cache, home.runtime, homeDirectory(), '/root']
  const paths = wanted.filter(path => path !== '/' && existsSync(path)).map(path => realpathSync(path))
  return [...new Set(paths)].filter(
    path => !isPrivate(path) && !paths.some(other => other !== path && path.startsWith(other + sep)),
  )
}

/** A user number without an account has none. */
function homeDirectory(): string {
  try {
    return homedir()
  } catch {
    return '/root'
  }
}

function isHidden(path: string, home: Home): boolean {
  return isPrivate(path) || hidden(home).some(place => path === place || path.startsWith(place + sep))
}

function isPrivate(path: string): boolean {
  return ['/tmp', '/run', '/var/tmp'].some(place => path === place || path.startsWith(place + sep))
}
