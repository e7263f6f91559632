import { existsSync, readdirSync } from 'node:fs'
import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable, Transform } from 'node:stream'
import { text } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { AppError } from '../../../core/errors.ts'
import { killTree } from '../../engine/process/process-tree.ts'
import { loadSecretKey } from '../../../secrets/seal.ts'
import type { PartRange } from '../storage.ts'
import { REPOSITORY, ResticCommand, type ResticPlace } from './command.ts'
import { quickenKey } from './quick-key.ts'

/** As which each snapshot has its only file. */
const FILE = 'part'
const FORGOTTEN_AT_ONCE = 200

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
   * Makes it where there is none. The key lies beside it, as the other parts lie there unencrypted: a copy of the directory is
   * a copy of all. @throws failed.tool-missing, failed.dump
   */
  async prepare(): Promise<void> {
    const place = await this.#place()
    if (this.exists) return
    await mkdir(this.#directory, { mode: 0o700, recursive: true })
    const owner = { code: 'failed.dump', suggestions: [`remove ${place.passwordFile}`] } as const
    const password = Buffer.from(loadSecretKey(place.passwordFile, owner)).toString('base64')
    await this.#run(['init', '--repository-version', '2'])
    // with the key that restic made everything works too, only slower
    await quickenKey(this.#repository, password).catch(() => undefined)
  }

  /**
   * Ends what a killed process left running and takes its locks away: nothing of this process may run meanwhile. `restic unlock`
   * alone takes another process of the same number for theirs, and sends it SIGHUP. @throws failed.tool-missing, failed.dump
   */
  async unlock(): Promise<void> {
    if (readdirSync(join(this.#repository, 'locks')).length === 0) return
    await killTree({ marker: `${REPOSITORY}=${this.#repository}` })
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

  /** The bytes of a snapshot; it takes those before a range to pass. @throws failed.verify where they cannot be read, failed.tool-missing */
  async *read(snapshot: string, { end, start }: PartRange = { end: Infinity, start: 0 }): AsyncGenerator<Buffer> {
    const command = new ResticCommand(await this.#place(), ['dump', snapshot, FILE], 'failed.verify')
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

  /** Deletes snapshots, and data that none needs. May be interrupted at any time. @throws failed.dump, failed.tool-missing, the signal's reason */
  async prune(expendable: readonly string[], signal: AbortSignal): Promise<void> {
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
    const command = new ResticCommand(place, argv, 'failed.dump')
    const stop = (): void => command.interrupt()
    signal?.addEventListener('abort', stop)
    try {
      command.stdout.resume()
      await command.done
    } finally {
      signal?.removeEventListener('abort', stop)
    }
  }

  /** Of the snapshot that a backup says it made: older versions say the first characters only. */
  async #fullId(output: string): Promise<string> {
    const [, short] = /"snapshot_id":"([0-9a-f]+)"/.exec(output) ?? []
    const [id, ...others] = short === undefined ? [] : (await this.snapshots()).filter(name => name.startsWith(short))
    if (id !== undefined && others.length === 0) return id
    throw new AppError('failed.dump', `restic backup does not say which snapshot it made: ${output.slice(0, 500)}`)
  }
}
