import { existsSync, readdirSync, renameSync } from 'node:fs'
import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable, Transform } from 'node:stream'
import { text } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { AppError } from '../../../core/errors.ts'
import { killTree, membersOf } from '../../engine/process/process-tree.ts'
import { loadSecretKey } from '../../../secrets/seal.ts'
import { flushDirectory } from '../../source/durable.ts'
import type { PartRange } from '../storage.ts'
import { REPOSITORY, ResticCommand, type ResticPlace } from './command.ts'
import { quickenKey } from './quick-key.ts'

/** As which each snapshot has its only file. */
const FILE = 'part'
const FORGOTTEN_AT_ONCE = 200
/** As what its files are written before they are renamed. */
const TEMPORARY = /-tmp-\d+$/

/** A restic repository in a directory, of which each snapshot holds one stream. */
export class ResticRepository {
  readonly #directory: string
  readonly #findProgram: () => Promise<string>
  #program: string | undefined

  /** `findProgram` throws where there is none. */
  constructor(directory: string, findProgram: () => Promise<string>) {
    this.#directory = directory
    this.#findProgram = findProgram
  }

  get exists(): boolean {
    return existsSync(join(this.#repository, 'config'))
  }

  /**
   * Makes it where there is none, under another name until all of it is there. The key lies beside it, as the other parts lie
   * there unencrypted: a copy of the directory is a copy of all. Nothing of this process may run meanwhile.
   * @throws failed.tool-missing, failed.dump, failed.disk-full, conflict.busy
   */
  async prepare(): Promise<void> {
    const place = await this.#place()
    if (this.exists) return
    await this.#endOthers()
    await mkdir(this.#directory, { mode: 0o700, recursive: true })
    const owner = { code: 'failed.dump', suggestions: [`remove ${place.passwordFile}`] } as const
    const password = Buffer.from(loadSecretKey(place.passwordFile, owner)).toString('base64')
    const repository = `${this.#repository}.new`
    await rm(repository, { force: true, recursive: true })
    try {
      await this.#finish(
        new ResticCommand({ ...place, repository }, ['init', '--repository-version', '2'], 'failed.dump'),
      )
      // with the key that restic made everything works too, only slower
      await quickenKey(repository, password).catch(() => undefined)
      await this.#removeHalfMade()
      renameSync(repository, this.#repository)
      flushDirectory(this.#directory)
    } finally {
      await rm(repository, { force: true, recursive: true })
    }
  }

  /**
   * Ends what a killed process left running and takes its locks away: nothing of this process may run meanwhile. `restic unlock`
   * alone takes another process of the same number for theirs, and sends it SIGHUP.
   * @throws failed.tool-missing, failed.dump, conflict.busy while one of them lives
   */
  async unlock(): Promise<void> {
    await this.#endOthers()
    if (readdirSync(join(this.#repository, 'locks')).length === 0) return
    await this.#run(['unlock', '--remove-all'])
  }

  /** Keeps a stream, through `measure`. Returns the id of its snapshot. @throws what the stream throws, the signal's reason, failed.dump, failed.tool-missing */
  async add(source: Readable, measure: Transform, signal: AbortSignal): Promise<string> {
    const argv = ['backup', '--stdin', '--stdin-filename', FILE, '--host', 'aloft', '--json']
    const command = new ResticCommand(await this.#place(), argv, 'failed.dump')
    const output = text(command.stdout)
    try {
      await pipeline(source, measure, command.stdin, { signal })
    } catch (error) {
      const isOurs = source.errored !== null || signal.aborted
      // it would take what came so far for all of it
      if (isOurs) command.interrupt()
      // that a pipe broke tells less than why it ended
      await command.done.catch((reason: unknown) => {
        throw isOurs ? error : reason
      })
      throw error
    }
    await command.done
    return this.#fullId(await output)
  }

  /**
   * The bytes of a snapshot; it takes those before a range to pass. Without a lock, which takes space of a disk that may be full:
   * whoever prunes sees to it that nobody reads. @throws failed.verify where they cannot be read, failed.tool-missing
   */
  async *read(snapshot: string, { end, start }: PartRange = { end: Infinity, start: 0 }): AsyncGenerator<Buffer> {
    const command = new ResticCommand(await this.#place(), ['dump', '--no-lock', snapshot, FILE], 'failed.verify')
    try {
      let at = 0
      for await (const chunk of command.stdout as AsyncIterable<Buffer>) {
        const wanted = chunk.subarray(Math.max(start - at, 0), Math.max(end - at + 1, 0))
        if (wanted.length > 0) yield wanted
        at += chunk.length
        if (at > end) return
      }
      await command.done
    } finally {
      command.interrupt()
      await command.done.catch(() => undefined)
    }
  }

  /** Ids of all that is in it. */
  async snapshots(): Promise<string[]> {
    return this.exists ? readdir(join(this.#repository, 'snapshots')) : []
  }

  hasSnapshot(id: string): boolean {
    return existsSync(join(this.#repository, 'snapshots', id))
  }

  /**
   * Deletes snapshots, and data that none needs, also what was being written when a process died. May be interrupted at any
   * time; nothing else of this process may run meanwhile. @throws failed.dump, failed.disk-full, failed.tool-missing, the signal's reason
   */
  async prune(expendable: readonly string[], signal: AbortSignal): Promise<void> {
    for (const name of await readdir(this.#repository, { recursive: true }))
      if (TEMPORARY.test(name)) await rm(join(this.#repository, name), { force: true })
    for (let at = 0; at < expendable.length; at += FORGOTTEN_AT_ONCE)
      await this.#run(['forget', ...expendable.slice(at, at + FORGOTTEN_AT_ONCE)], signal)
    await this.#run(['prune'], signal)
  }

  get #repository(): string {
    return join(this.#directory, 'repository')
  }

  async #place(): Promise<ResticPlace> {
    this.#program ??= await this.#findProgram()
    return { passwordFile: join(this.#directory, 'key'), program: this.#program, repository: this.#repository }
  }

  async #run(argv: readonly string[], signal?: AbortSignal): Promise<void> {
    const place = await this.#place()
    signal?.throwIfAborted()
    await this.#finish(new ResticCommand(place, argv, 'failed.dump'), signal)
  }

  async #finish(command: ResticCommand, signal?: AbortSignal): Promise<void> {
    const stop = (): void => command.interrupt()
    signal?.addEventListener('abort', stop)
    try {
      command.stdout.resume()
      await command.done
    } finally {
      signal?.removeEventListener('abort', stop)
    }
  }

  /** Also of one that is being made: its name begins in the same way. @throws conflict.busy */
  async #endOthers(): Promise<void> {
    const others = { marker: `${REPOSITORY}=${this.#repository}` }
    await killTree(others)
    const [left] = membersOf(others)
    if (left === undefined) return
    throw new AppError('conflict.busy', `the restic process ${left} of an earlier platform does not end`, {
      details: { pid: left },
      suggestions: [`see what it waits for: ps -o stat,wchan ${left}`, 'then repeat'],
    })
  }

  /** One whose making was cut off. @throws failed.dump when there are snapshots in it */
  async #removeHalfMade(): Promise<void> {
    const snapshots = await readdir(join(this.#repository, 'snapshots')).catch(() => [])
    if (snapshots.length === 0) return rm(this.#repository, { force: true, recursive: true })
    throw new AppError('failed.dump', `the file config of ${this.#repository} is gone`, {
      suggestions: ['bring it back from a copy of the directory'],
    })
  }

  /** Of the snapshot that a backup says it made: older versions say the first characters only. */
  async #fullId(output: string): Promise<string> {
    const [, short] = /"snapshot_id":"([0-9a-f]+)"/.exec(output) ?? []
    const [id, ...others] = short === undefined ? [] : (await this.snapshots()).filter(name => name.startsWith(short))
    if (id !== undefined && others.length === 0) return id
    throw new AppError('failed.dump', `restic backup does not say which snapshot it made: ${output.slice(0, 500)}`)
  }
}
