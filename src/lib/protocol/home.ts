import { createHash } from 'node:crypto'
import { homedir, tmpdir, userInfo } from 'node:os'
import { join, resolve } from 'node:path'
import envPaths from 'env-paths'

/** Where everything that belongs to one user lies. */
export interface Home {
  /** Accounts and settings. */
  readonly config: string
  /** State: store, artifacts, volumes, logs. */
  readonly data: string
  /** What may be lost. */
  readonly cache: string
  /** Sockets and locks; short enough for a Unix socket's address. */
  readonly runtime: string
}

/** Longest directory that leaves room for a socket's name: `sun_path` has 108 bytes on Linux, 104 on macOS (unix(7)). */
const RUNTIME_MAX_BYTES = 60

/**
 * The XDG base directories (freedesktop.org basedir specification), or `ALOFT_HOME` with all of them below it. Pure:
 * creates nothing.
 */
export function resolveHome(environment: NodeJS.ProcessEnv): Home {
  const { ALOFT_HOME: all, XDG_RUNTIME_DIR: xdgRuntime } = environment
  if (all) {
    const root = resolve(all)
    return {
      cache: join(root, 'cache'),
      config: join(root, 'config'),
      data: join(root, 'data'),
      runtime: shortRuntime(join(root, 'run'), root),
    }
  }
  const paths = envPaths('aloft', { suffix: '' })
  const runtime = xdgRuntime ? join(xdgRuntime, 'aloft') : join(paths.data, 'run')
  return { cache: paths.cache, config: paths.config, data: paths.data, runtime: shortRuntime(runtime, homedir()) }
}

function shortRuntime(wanted: string, key: string): string {
  if (Buffer.byteLength(wanted) <= RUNTIME_MAX_BYTES) return wanted
  const digest = createHash('sha256').update(key).digest('hex').slice(0, 12)
  return join(tmpdir(), `aloft-${userInfo().uid}-${digest}`)
}

/** The Unix socket on which the user's embedded platform listens (a named pipe on Windows). */
export function platformSocket(home: Home): string {
  if (process.platform !== 'win32') return join(home.runtime, 'platform.sock')
  return `\\\\.\\pipe\\aloft-${createHash('sha256').update(home.data).digest('hex').slice(0, 12)}`
}
