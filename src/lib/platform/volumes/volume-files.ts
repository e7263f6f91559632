import { PassThrough, Readable } from 'node:stream'
import { collecting } from '../../stream/collect-buffers.ts'
import { fromRoot, rootsOf, type VolumeJobs } from '../backups/volume-jobs.ts'
import type { VolumePlace } from '../backups/volumes.ts'

/** Where the files of a volume are worked on: by jobs of the environment's own user, never by the platform. */
export interface VolumeWork {
  readonly jobs: VolumeJobs
  readonly place: VolumePlace
  readonly signal: AbortSignal
}

/** A line of JSON for each file, as protocol/volume-files.ts has them. @throws failed.volume */
export async function* listFiles(work: VolumeWork): AsyncGenerator<string> {
  const sizes = new Map<string, number>()
  const { directories } = work.place
  const roots = directories.length === 1 ? '.' : rootsOf(directories)
  for await (const [size, typed] of pairs(work, String.raw`find ${roots} ! -type d -printf '%s %y%p\0'`)) {
    const path = fromRoot(typed.slice(1))
    if (typed.startsWith('f')) sizes.set(path, Number(size))
    else yield toLine({ other: decode(path) })
  }
  // 1: a file went away meanwhile
  const hash = `find ${roots} -type f -exec sha256sum --zero -- {} + || [ $? -eq 1 ]`
  for await (const [sha256, name] of pairs(work, hash)) {
    const path = fromRoot(name.slice(1))
    const size = sizes.get(path)
    if (size !== undefined) yield toLine({ path: decode(path), sha256, size })
  }
  yield toLine({ end: true })
}

/** A tar of the files whose paths come, each ended by NUL; those that are gone are left out. @throws failed.volume */
export async function* readFiles(work: VolumeWork, paths: Readable): AsyncGenerator<Uint8Array> {
  const tar = new PassThrough({ highWaterMark: 1024 * 1024 })
  const line = 'tar --create --file=- --no-recursion --null --ignore-failed-read --files-from=- || [ $? -eq 1 ]'
  const running = run(work, line, { stdin: paths, stdout: tar })
  running.catch((error: unknown) => tar.destroy(error instanceof Error ? error : undefined))
  yield* collecting<Uint8Array>(tar)
  await running
}

/** The files of a tar take the place of those of the same paths. @throws failed.volume */
export function writeFiles(work: VolumeWork, tar: Readable): Promise<void> {
  const stdin = Readable.from(collecting<Uint8Array>(tar), { objectMode: false })
  return run(work, 'tar --extract --file=- --no-same-owner --keep-directory-symlink', { stdin })
}

/** @throws failed.volume */
export function removeFiles(work: VolumeWork, paths: Readable): Promise<void> {
  return run(work, 'xargs -0 rm -f --', { stdin: paths })
}

function pairs(work: VolumeWork, line: string): AsyncGenerator<readonly [string, string]> {
  return work.jobs.pairs(work.place, command(work, line))
}

function run(
  work: VolumeWork,
  line: string,
  streams: { readonly stdin: Readable; readonly stdout?: PassThrough },
): Promise<void> {
  return work.jobs.run(work.place, command(work, line), streams)
}

/** Where a single directory of it is mounted, paths begin there; otherwise with the name of the directory. */
function command({ place: { directories }, signal }: VolumeWork, line: string) {
  const [only = '.'] = directories
  const root = directories.length === 1 ? `./${only}` : '.'
  return {
    code: 'failed.volume',
    line: `cd -- '${root.replaceAll("'", String.raw`'\''`)}' && { ${line}; }`,
    signal,
  } as const
}

function toLine(value: object): string {
  return `${JSON.stringify(value)}\n`
}

/** From bytes as characters. */
function decode(path: string): string {
  return Buffer.from(path, 'latin1').toString('utf8')
}
