import { isAbsolute, join } from 'node:path'
import type { LaunchSpec } from '../../port.ts'

const BASE_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
const APP_DIR = '${APP_DIR}'
/** Variables that change what the dynamic loader or the C library loads (ld.so(8), secure-execution mode). */
const LOADER = /^(LD_|DYLD_|GLIBC_TUNABLES$|GCONV_PATH$|LOCPATH$|NLSPATH$|MALLOC_|TZDIR$)/

export type Variables = Readonly<Record<string, string>>

export interface VariableOptions {
  readonly launch: LaunchSpec
  /** The application's directory as the process sees it. */
  readonly appDirectory: string
  readonly home: string
  readonly temporary: string
  readonly user: string
  /** `PORT` or `SOCKET`, `ALOFT_INSTANCE`: these win over the application's own. */
  readonly fixed: Variables
}

/**
 * The whole environment of a process. `${APP_DIR}` in a value stands for the application's directory. HOME, TMPDIR, USER
 * and LANG are defaults; PATH is the launch's directories, then the application's own PATH or the system's.
 */
export function processVariables({ appDirectory, fixed, home, launch, temporary, user }: VariableOptions): Variables {
  const own = Object.fromEntries(
    Object.entries(launch.variables).map(([name, value]) => [name, value.replaceAll(APP_DIR, appDirectory)]),
  )
  const directories = launch.path.map(path => (isAbsolute(path) ? path : join(appDirectory, path)))
  return {
    HOME: home,
    LANG: 'C.UTF-8',
    TMPDIR: temporary,
    USER: user,
    ...own,
    ALOFT_APP_DIR: appDirectory,
    PATH: [...directories, own['PATH'] ?? BASE_PATH].join(':'),
    ...fixed,
  }
}

/**
 * Splits off what must not reach a program that still runs with the keeper's rights: it would load the application's code
 * there. The rest may pass through it.
 */
export function splitLoaderVariables(variables: Variables): { readonly safe: Variables; readonly loader: Variables } {
  const all = Object.entries(variables)
  return {
    loader: Object.fromEntries(all.filter(([name]) => LOADER.test(name))),
    safe: Object.fromEntries(all.filter(([name]) => !LOADER.test(name))),
  }
}
