import { createHash } from 'node:crypto'
import { mkdirSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough, type Readable, type Writable } from 'node:stream'
import { type ListingFacts, VolumeListing } from '../../bundle/volume-listing.ts'
import type { ErrorCode } from '../../core/error-codes.ts'
import { AppError, isAppError } from '../../core/errors.ts'
import { createId } from '../../core/ids.ts'
import type { Engine, JobResult, JobSpec, JobStreams, LaunchSpec } from '../engine/port.ts'
import type { Layout } from '../layout.ts'
import { nameOf, type VolumePlace } from './volumes.ts'

/** An empty artifact: what the jobs on volumes run in. */
const ARTIFACT = 'volume-tools'
/** Where the volume shows in it. */
const DIRECTORY = 'volume'
const TIMEOUT_MS = 12 * 3_600_000
const GRACE_MS = 2_000
/** As `fromRoot`, for the names that tar writes: of files and of what hard links lead to. */
const WITHOUT_DOT = String.raw`--transform='flags=rh;s,^\([^/]*\)/\./*,\1/,'`
/** POSIX (pax) with times below a second, the same bytes for the same files. */
const CREATE = [
  '--create --file=- --format=posix --pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime',
  '--sort=name --numeric-owner --owner=0 --group=0',
].join(' ')
/** In front of listings: those of tars that were made otherwise are not theirs. */
const TAR_VERSION = 'pax 1\0'
const LAST_LINES = 10
/** Changes within one tick of a file system's clock do not show; this is more than any has. */
const TICK_MS = 1_000

export interface VolumeCommand {
  /** Shell line, run where the volume's directories lie. */
  readonly line: string
  /** When it fails. */
  readonly code: ErrorCode
  readonly signal: AbortSignal
}

/** What is done with the files of volumes: by jobs of the environment's own user that reach no network, never by the platform. */
export class VolumeJobs {
  readonly #engine: Engine
  readonly #layout: Layout

  constructor({ engine, layout }: { readonly engine: Engine; readonly layout: Layout }) {
    this.#engine = engine
    this.#layout = layout
  }

  /**
   * Writes a tar of the volume to `sink` and ends it. With `live`, files may change and go meanwhile. Names of one file are
   * hard links, unless some of them could not be made again.
   * @throws failed.dump, also for a file that cannot be read
   */
  async archive(
    place: VolumePlace,
    sink: Writable,
    { live, signal }: { readonly live: boolean; readonly signal: AbortSignal },
  ): Promise<void> {
    const what =
      place.directories.length === 0 ? '--files-from=/dev/null' : `-- ${place.directories.map(inside).join(' ')}`
    const tar = `${findUnlinkable(place)}; tar ${CREATE} \${unlinkable:+--hard-dereference} ${WITHOUT_DOT} ${what}`
    // 1: some files changed or went while they were read (tar(1))
    const line = live ? `${tar} || [ $? -eq 1 ]` : tar
    await this.run(place, { code: 'failed.dump', line, signal }, { stdout: sink })
  }

  /** Extracts a tar into an empty volume. @throws failed.restore */
  async extract(place: VolumePlace, source: Readable, signal: AbortSignal): Promise<void> {
    const line =
      'tar --extract --file=- --preserve-permissions --no-same-owner --delay-directory-restore --keep-directory-symlink'
    await this.run(place, { code: 'failed.restore', line, signal }, { stdin: source })
  }

  /** Hashes the files as they lie on disk. @throws failed.verify */
  async facts(place: VolumePlace, signal: AbortSignal): Promise<ListingFacts> {
    const sizes = new Map<string, number>()
    const roots = rootsOf(place.directories)
    const find = { code: 'failed.verify', line: String.raw`find ${roots} -type f -printf '%s %p\0'`, signal } as const
    for await (const [size, path] of this.pairs(place, find)) sizes.set(fromRoot(path), Number(size))
    const listing = new VolumeListing()
    const hash = { ...find, line: `find ${roots} -type f -exec sha256sum --zero -- {} +` }
    for await (const [sha256, name] of this.pairs(place, hash)) {
      const path = fromRoot(name.slice(1))
      listing.add({ path, sha256, size: sizes.get(path) ?? 0 })
    }
    return listing.facts()
  }

  /**
   * SHA-256 of what tells whether anything changed: times, type, mode, size, inode and path of each entry. Undefined while
   * something changed so lately that the next change might not show, and with `live` where something went meanwhile.
   * @throws failed.dump
   */
  async listing(
    place: VolumePlace,
    { live, signal }: { readonly live: boolean; readonly signal: AbortSignal },
  ): Promise<string | undefined> {
    try {
      return await this.#list(place, signal)
    } catch (error) {
      if (!live || !isAppError(error) || error.code !== 'failed.dump') throw error
      return undefined
    }
  }

  async #list(place: VolumePlace, signal: AbortSignal): Promise<string | undefined> {
    const now = Date.now()
    const entries: string[] = []
    let latest = 0
    const entry = String.raw`%T@ %y %m %s %i %p\0`
    // mounting touches the directories at the top: what changes in them shows in the other times
    const line = `find ${rootsOf(place.directories)} \\( -path './*/./*' -printf '%C@ ${entry}' -o -printf '%T@ ${entry}' \\)`
    for await (const [changed, rest] of this.pairs(place, { code: 'failed.dump', line, signal })) {
      latest = Math.max(latest, Number(changed) * 1000)
      entries.push(`${changed} ${rest}`)
    }
    if (latest > now - TICK_MS) return undefined
    return createHash('sha256').update(TAR_VERSION).update(entries.toSorted().join('\0'), 'latin1').digest('hex')
  }

  /** What a command prints as `<word> <rest>`, each ended by a NUL; bytes as characters. */
  async *pairs(place: VolumePlace, command: VolumeCommand): AsyncGenerator<readonly [string, string]> {
    const output = new PassThrough()
    const running = this.run(place, command, { stdout: output })
    running.catch((error: unknown) => output.destroy(error instanceof Error ? error : undefined))
    let rest = ''
    for await (const chunk of output.setEncoding('latin1')) {
      const records = (rest + String(chunk)).split('\0')
      rest = records.pop() ?? ''
      for (const record of records) {
        const space = record.indexOf(' ')
        yield [record.slice(0, space), record.slice(space + 1)]
      }
    }
    await running
  }

  /** @throws `code` with the last lines it printed, the signal's reason, what one of the streams failed with */
  async run(place: VolumePlace, { code, line, signal }: VolumeCommand, streams: JobStreams): Promise<void> {
    const job = this.#job(place, line, streams)
    const lastLines: string[] = []
    const lines = this.#engine.run(job, signal, streams)
    let next = await lines.next()
    for (; !next.done; next = await lines.next()) {
      lastLines.push(next.value.text)
      if (lastLines.length > LAST_LINES) lastLines.shift()
    }
    signal.throwIfAborted()
    if (next.value.kind !== 'exited' || next.value.exitCode !== 0)
      throw new AppError(
        code,
        `the files of ${nameOf(place)} could not be processed: ${describe(next.value, lastLines)}`,
        {
          details: { lastLines, volume: nameOf(place) },
        },
      )
  }

  #job(
    { directories, environment, instance, volume }: VolumePlace,
    line: string,
    { stdin, stdout }: JobStreams,
  ): JobSpec {
    this.#makeArtifact()
    const launch: LaunchSpec = {
      artifact: ARTIFACT,
      command: `mkdir -p ${DIRECTORY} 2>/dev/null; cd ${DIRECTORY} && { ${line}; }`,
      directory: '.',
      mounts: directories.map(directory => ({
        path: `${DIRECTORY}/${directory}`,
        source: instance === undefined ? 'shared' : 'instance',
        sourcePath: directory === '_' ? '' : decodeURIComponent(directory),
        volume,
      })),
      network: 'none',
      path: [],
      variables: { LC_ALL: 'C' },
    }
    return {
      environment,
      graceMs: GRACE_MS,
      id: createId('job'),
      instance,
      launch,
      log: { source: 'backup' },
      streams: { stdin: stdin !== undefined, stdout: stdout !== undefined },
      timeoutMs: TIMEOUT_MS,
    }
  }

  /** Touched, so that nobody takes it for unused. */
  #makeArtifact(): void {
    const directory = join(this.#layout.artifacts, ARTIFACT)
    mkdirSync(join(directory, 'app', DIRECTORY), { mode: 0o755, recursive: true })
    const now = new Date()
    utimesSync(directory, now, now)
  }
}

/**
 * Sets `unlinkable` where some have several names that could not be linked again: in several directories, each of which is
 * mounted by itself, or of a symbolic link, which nobody takes in.
 */
function findUnlinkable({ directories }: VolumePlace): string {
  const names = String.raw`\( -type l -printf '%i 1\n%i 2\n' -o -printf '%i %H\n' \)`
  const found = `find ${rootsOf(directories)} ! -type d -links +1 ${names}`
  return `unlinkable=$(${found} | sort -u | cut -d ' ' -f 1 | uniq -d | head -n 1)`
}

/** Where files are looked for. */
export function rootsOf(directories: readonly string[]): string {
  return directories.length === 0 ? '.' : directories.map(directory => `./${inside(directory)}`).join(' ')
}

/** A path that `find` or `sha256sum` printed of them, from the volume on. */
export function fromRoot(path: string): string {
  return path.replace(/^\.\//, '').replace(/^([^/]*)\/\.(?=\/|$)/, '$1')
}

/** Not the directory itself: it is a link where nothing can be mounted (isolation levels `user` and `none`). */
function inside(directory: string): string {
  return `${quote(directory)}/.`
}

function quote(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`
}

function describe(result: JobResult, lastLines: readonly string[]): string {
  const how = result.kind === 'exited' ? `exit code ${result.exitCode}` : result.kind
  return [how, ...lastLines.slice(-3)].join('; ')
}
