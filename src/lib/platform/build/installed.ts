import { execFile } from 'node:child_process'
import { accessSync, constants, readdirSync, realpathSync, statSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { promisify } from 'node:util'

/** Where things were looked for; part of the factory so that tests decide what is installed. */
export interface Surroundings {
  /** PATH of the platform. */
  readonly path: string
  readonly home: string
  /** The Node that runs the platform. */
  readonly execPath: string
  /** Directories every process may use; they are on the base PATH of builds and instances. */
  readonly standard: readonly string[]
  /** True: what runs has a user of its own and cannot enter private directories. */
  readonly unprivileged: boolean
}

export const STANDARD_DIRECTORIES = ['/usr/local/bin', '/usr/bin', '/bin']

/** One installed interpreter. */
export interface Installed {
  readonly binary: string
  /** Numbers of the version, e.g. [22, 19, 0]. */
  readonly version: readonly [number, number, number]
}

export type InterpreterName = 'nodejs' | 'python' | 'php'

const NAMES: Readonly<Record<InterpreterName, RegExp>> = {
  nodejs: /^node(js)?$/,
  php: /^php(\d+\.\d+)?$/,
  python: /^python3(\.\d+)?$/,
}

/** Where version managers keep what they installed: `*` stands for one directory. */
const MANAGED: Readonly<Record<InterpreterName, readonly string[]>> = {
  nodejs: [
    '.nvm/versions/node/*/bin',
    '.asdf/installs/nodejs/*/bin',
    '.local/share/mise/installs/node/*/bin',
    '.local/share/fnm/node-versions/*/installation/bin',
    '.volta/tools/image/node/*/bin',
  ],
  php: ['.asdf/installs/php/*/bin', '.local/share/mise/installs/php/*/bin'],
  python: ['.pyenv/versions/*/bin', '.asdf/installs/python/*/bin', '.local/share/mise/installs/python/*/bin'],
}

const VERSION_TIMEOUT_MS = 10_000
const run = promisify(execFile)

/** All installed interpreters of a kind, each binary once, in no particular order. */
export async function findInstalled(name: InterpreterName, surroundings: Surroundings): Promise<Installed[]> {
  const binaries = new Set<string>()
  for (const directory of directoriesOf(name, surroundings)) {
    for (const file of listNames(directory)) {
      const binary = NAMES[name].test(file) ? executable(join(directory, file)) : undefined
      if (binary !== undefined) binaries.add(binary)
    }
  }
  const found = await Promise.all([...binaries].map(async binary => ({ binary, version: await versionOf(binary) })))
  return found.flatMap(({ binary, version }) => (version ? [{ binary, version }] : []))
}

/** A program by name: in the given directories, the standard ones, then those of PATH. Its path as found. */
export function findProgram(name: string, first: readonly string[], surroundings: Surroundings): string | undefined {
  const directories = [...first, ...surroundings.standard, ...pathDirectories(surroundings.path)]
  const directory = directories.find(candidate => executable(join(candidate, name)) !== undefined)
  return directory === undefined ? undefined : join(directory, name)
}

/** True when another user may run it: every directory above lets others pass. */
export function isPublic(binary: string): boolean {
  for (let directory = dirname(binary); ; directory = dirname(directory)) {
    if (((statSync(directory, { throwIfNoEntry: false })?.mode ?? 0) & 0o001) === 0) return false
    if (directory === dirname(directory)) return true
  }
}

/** The real path of an executable file; undefined when there is none. */
export function executable(path: string): string | undefined {
  try {
    accessSync(path, constants.X_OK)
    const real = realpathSync(path)
    return statSync(real).isFile() ? real : undefined
  } catch {
    return undefined
  }
}

function directoriesOf(name: InterpreterName, { execPath, home, path, standard }: Surroundings): Set<string> {
  const managed = MANAGED[name].flatMap(pattern => expand(home, pattern))
  const own = name === 'nodejs' ? [dirname(execPath)] : []
  return new Set([...own, ...standard, ...pathDirectories(path), ...managed])
}

/** Shims of version managers choose by the current directory: they are no version. */
function pathDirectories(path: string): string[] {
  return path
    .split(delimiter)
    .filter(directory => directory.startsWith('/') && !/\/shims\/?$|\/node_modules\/\.bin\/?$/.test(directory))
}

function expand(home: string, pattern: string): string[] {
  const [before = '', after = ''] = pattern.split('/*/')
  return listNames(join(home, before)).map(version => join(home, before, version, after))
}

function listNames(directory: string): string[] {
  try {
    return readdirSync(directory)
  } catch {
    return []
  }
}

async function versionOf(binary: string): Promise<Installed['version'] | undefined> {
  if (binary === process.execPath) return parseVersion(process.version)
  try {
    const { stdout } = await run(binary, ['--version'], { env: { PATH: dirname(binary) }, timeout: VERSION_TIMEOUT_MS })
    return parseVersion(stdout)
  } catch {
    return undefined
  }
}

function parseVersion(text: string): Installed['version'] | undefined {
  const match = /(\d+)\.(\d+)\.(\d+)/.exec(text)
  return match ? [Number(match[1]), Number(match[2]), Number(match[3])] : undefined
}
