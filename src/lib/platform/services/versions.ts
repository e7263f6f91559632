import { execFile } from 'node:child_process'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { executable } from '../build/installed.ts'
import type { ServiceData, ServiceType } from './port.ts'

const DIRECTORIES = [
  '/usr/sbin',
  '/usr/bin',
  '/usr/local/sbin',
  '/usr/local/bin',
  '/opt/homebrew/bin',
  '/opt/homebrew/sbin',
]
const TIMEOUT_MS = 10_000
const run = promisify(execFile)

/** The path of a program where systems install servers, whatever the PATH of the platform is. */
export function findSystemProgram(name: string): string | undefined {
  return DIRECTORIES.map(directory => join(directory, name)).find(path => executable(path) !== undefined)
}

/** What programs printed, by their files: some servers take 50 ms to say it, and each backup asks. */
const known = new Map<string, string>()

/**
 * The first number with a dot that the program prints of itself; undefined when it cannot be run. Asked again when its file
 * is another one.
 */
export async function programVersion(binary: string, flag = '--version'): Promise<string | undefined> {
  const file = statSync(binary, { throwIfNoEntry: false })
  const key = file && [binary, flag, file.ino, file.size, file.mtimeMs, file.ctimeMs].join('\0')
  const version = (key && known.get(key)) ?? (await ask(binary, flag))
  if (key && version !== undefined) known.set(key, version)
  return version
}

async function ask(binary: string, flag: string): Promise<string | undefined> {
  try {
    const { stdout } = await run(binary, [flag], { env: {}, timeout: TIMEOUT_MS })
    return /\d+(?:\.\d+)+/.exec(stdout)?.[0]
  } catch {
    return undefined
  }
}

/** The newest of the major version wanted, else the newest below it, else the lowest above; the newest when none is wanted. */
export function nearest<T extends { readonly version: string }>(
  found: readonly T[],
  wanted: string | undefined,
): T | undefined {
  const newestFirst = found.toSorted((a, b) => compareVersions(b.version, a.version))
  if (wanted === undefined) return newestFirst[0]
  const asked = newestFirst.find(({ version }) => version === wanted || version.startsWith(`${wanted}.`))
  const sameMajor = newestFirst.find(({ version }) => majorOf(version) === majorOf(wanted))
  return (
    asked ?? sameMajor ?? newestFirst.find(({ version }) => majorOf(version) < majorOf(wanted)) ?? newestFirst.at(-1)
  )
}

/** Below, at or above zero as `a` is older, equal or newer, number by number. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [numbers(a), numbers(b)]
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}

function majorOf(version: string): number {
  return numbers(version)[0] ?? 0
}

/** Major and minor version: `10.11` of `10.11.19`. */
export function seriesOf(version: string): string {
  return numbers(version).slice(0, 2).join('.')
}

function numbers(version: string): number[] {
  return [...version.matchAll(/\d+/g)].map(([digits]) => Number(digits))
}

/** Uses data of its own major version only. */
export function opensOwnMajor(title: string): NonNullable<ServiceType['opens']> {
  return (made, { version }) =>
    majorOf(made) === majorOf(version)
      ? { ok: true }
      : { ok: false, reason: `its data was made by ${title} ${made}, which ${title} ${version} cannot use` }
}

/** Uses data of its own series, e.g. 10.11, and of older ones. */
export function opensUpToSeries(title: string): NonNullable<ServiceType['opens']> {
  return (made, { version }) =>
    compareVersions(seriesOf(made), seriesOf(version)) <= 0
      ? { ok: true }
      : { ok: false, reason: `its data was made by ${title} ${made}, which the older ${version} cannot use` }
}

/** Takes the dumps of the same major version and of older ones: what servers promise. */
export function acceptsUpTo(title: string): ServiceData['accepts'] {
  return (dumped, { version }) =>
    majorOf(dumped) <= majorOf(version)
      ? { ok: true }
      : { ok: false, reason: `it was made by ${title} ${dumped}, and here runs the older ${version}` }
}
