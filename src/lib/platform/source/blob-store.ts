import { createHash, hash, randomUUID, type Hash } from 'node:crypto'
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { AppError } from '../../core/errors.ts'
import { type BlobHeader, decodeBlobs } from '../../protocol/blob-frames.ts'
import { diskError } from '../../core/disk-errors.ts'
import type { Retention } from '../pruning/retention.ts'
import { flushDirectories, flushFiles } from './durable.ts'
import { createTurn } from './turn.ts'

/** A batch is made durable, and thereby kept, after this many bytes or contents. */
const BATCH_BYTES = 64 * 1024 * 1024
const BATCH_BLOBS = 10_000

/** Contents by their SHA-256: `<directory>/blobs/ab/cdef…`. A content is there whole and durable, or not at all. */
export class BlobStore {
  readonly #blobs: string
  readonly #staging: string
  readonly #needed: () => ReadonlySet<string>
  /** Grows when contents are deleted: what was there before may be gone. */
  removals = 0

  /** `needed`: the contents of all stored trees. Removes what a killed process left half done: one process at a time may have the store open. */
  constructor(directory: string, needed: () => ReadonlySet<string>) {
    this.#needed = needed
    this.#blobs = join(directory, 'blobs')
    this.#staging = join(directory, 'staging')
    rmSync(this.#staging, { force: true, recursive: true })
    for (const made of [this.#blobs, this.#staging]) mkdirSync(made, { mode: 0o700, recursive: true })
  }

  path(sha256: string): string {
    return join(this.#blobs, sha256.slice(0, 2), sha256.slice(2))
  }

  has({ sha256, size }: BlobHeader): boolean {
    return statSync(this.path(sha256), { throwIfNoEntry: false })?.size === size
  }

  /**
   * Takes in a stream of framed contents; resolves when all of them are durable. What arrived whole before a failure is
   * kept, unless the disk is full: then its space is given back.
   * @throws failed.source-changed when a content is not what its hash says; failed.disk-full; usage.request; what the stream throws
   */
  async receive(stream: AsyncIterable<Uint8Array>): Promise<number> {
    const batch = new Batch(this.#staging, sha256 => this.path(sha256))
    try {
      for await (const event of decodeBlobs(stream)) {
        if (event.type === 'begin') batch.begin(event)
        else if (event.type === 'data') batch.data(event.bytes)
        else await batch.end()
      }
      await batch.commit()
      await batch.flush()
      return batch.received
    } catch (error) {
      const explained = diskError(error, this.#blobs)
      batch.abandonCurrent()
      if (explained === error) await batch.commit().catch(() => undefined)
      else this.#giveBack(batch.added)
      throw explained
    } finally {
      batch.close()
    }
  }

  #giveBack(added: readonly string[]): void {
    this.removals += 1
    const needed = this.#needed()
    for (const sha256 of added) if (!needed.has(sha256)) rmSync(this.path(sha256), { force: true })
  }

  /** Deletes every content that is neither kept nor came lately. */
  async removeUnused({ isKept, usedSince }: Retention, signal?: AbortSignal): Promise<void> {
    this.removals += 1
    const turn = createTurn(signal)
    for (const prefix of readdirSync(this.#blobs)) {
      for (const rest of readdirSync(join(this.#blobs, prefix))) {
        const file = join(this.#blobs, prefix, rest)
        if (!isKept(prefix + rest) && statSync(file).mtimeMs < usedSince) rmSync(file)
        await turn()
      }
    }
  }
}

interface Current extends BlobHeader {
  readonly file: string
  readonly descriptor: number
  readonly hash: Hash | undefined
  /** A content that came in one piece is hashed at once. */
  digest: string | undefined
}

/** Contents on their way: written to the staging directory, flushed together, then renamed to where they belong. */
class Batch {
  readonly #directory: string
  readonly #pathOf: (sha256: string) => string
  readonly #turn = createTurn()
  #staged: { readonly file: string; readonly sha256: string }[] = []
  #bytes = 0
  #current: Current | undefined
  /** Those that contents were renamed into. */
  readonly #directories = new Set<string>()
  received = 0
  /** Contents that were not there before. */
  readonly added: string[] = []

  constructor(staging: string, pathOf: (sha256: string) => string) {
    this.#directory = join(staging, randomUUID())
    this.#pathOf = pathOf
  }

  begin({ sha256, size }: BlobHeader): void {
    if (this.received === 0) mkdirSync(this.#directory, { mode: 0o700, recursive: true })
    const file = join(this.#directory, `${this.received}`)
    const descriptor = openSync(file, 'wx', 0o600)
    this.#current = { descriptor, digest: undefined, file, hash: undefined, sha256, size }
  }

  data(bytes: Uint8Array): void {
    const current = this.#current
    if (!current) return
    if (bytes.length === current.size) current.digest = hash('sha256', bytes, 'hex')
    else {
      const running = current.hash ?? createHash('sha256')
      running.update(bytes)
      this.#current = { ...current, hash: running }
    }
    for (let offset = 0; offset < bytes.length;) offset += writeSync(current.descriptor, bytes, offset)
  }

  async end(): Promise<void> {
    const current = this.#current
    if (!current) return
    const { descriptor, file, sha256, size } = current
    const digest = current.digest ?? (current.hash ?? createHash('sha256')).digest('hex')
    if (digest !== sha256) throw wrongContent(sha256)
    closeSync(descriptor)
    this.#current = undefined
    this.#staged.push({ file, sha256 })
    this.received += 1
    this.#bytes += size
    if (this.#bytes >= BATCH_BYTES || this.#staged.length >= BATCH_BLOBS) await this.commit()
    else await this.#turn()
  }

  async commit(): Promise<void> {
    const staged = this.#staged
    this.#staged = []
    this.#bytes = 0
    await flushFiles(staged.map(({ file }) => file))
    for (const { file, sha256 } of staged) {
      const target = this.#pathOf(sha256)
      const directory = target.slice(0, -63)
      if (!this.#directories.has(directory)) mkdirSync(directory, { mode: 0o700, recursive: true })
      this.#directories.add(directory)
      if (!existsSync(target)) this.added.push(sha256)
      renameSync(file, target)
      await this.#turn()
    }
  }

  /** What was committed is found again also after a loss of power. */
  async flush(): Promise<void> {
    await flushDirectories([...this.#directories])
  }

  abandonCurrent(): void {
    if (this.#current) closeSync(this.#current.descriptor)
    this.#current = undefined
  }

  close(): void {
    rmSync(this.#directory, { force: true, recursive: true })
  }
}

function wrongContent(sha256: string): AppError {
  return new AppError('failed.source-changed', `a content is not what its hash ${sha256} says`, {
    details: { sha256 },
    suggestions: ['deploy again when nothing writes to the directory'],
  })
}
