import { randomUUID } from 'node:crypto'
import { createReadStream, createWriteStream, mkdirSync, renameSync, rmSync } from 'node:fs'
import { open, readdir, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { diskError } from '../../core/disk-errors.ts'
import { sha256Of } from '../../stream/digest.ts'
import { flushDirectory } from '../source/durable.ts'
import { Measure } from './measure.ts'
import { gone, unlike } from './part-errors.ts'
import type { PartRange, PartStorage, PutOptions, StoredPart } from './storage.ts'

const NAME = /^[0-9a-f]{62}$/
const READ_BYTES = 256 * 1024

/**
 * Parts as files: `<directory>/parts/ab/cdef…`, on their way `<directory>/incoming/<random>`. What a killed process left on
 * its way is removed: one process at a time may have it open.
 */
export function createDirectoryStorage(directory: string): PartStorage {
  return new DirectoryStorage(directory)
}

class DirectoryStorage implements PartStorage {
  readonly #parts: string
  readonly #incoming: string

  constructor(directory: string) {
    this.#parts = join(directory, 'parts')
    this.#incoming = join(directory, 'incoming')
    rmSync(this.#incoming, { force: true, recursive: true })
    for (const made of [this.#parts, this.#incoming]) mkdirSync(made, { mode: 0o700, recursive: true })
  }

  async put(source: Readable, { onNamed, signal }: PutOptions): Promise<StoredPart> {
    const file = join(this.#incoming, randomUUID())
    try {
      const part = await this.#write(file, source, signal)
      if ((await sha256Of(createReadStream(file, { highWaterMark: READ_BYTES }))) !== part.sha256)
        throw unlike(part.sha256)
      onNamed?.(part)
      this.#publish(file, part.sha256)
      return part
    } catch (error) {
      await rm(file, { force: true })
      signal.throwIfAborted()
      throw diskError(error, this.#parts)
    }
  }

  async open(sha256: string, range?: PartRange): Promise<Readable> {
    const file = await open(this.#path(sha256)).catch((error: unknown) => {
      throw isAbsent(error) ? gone(sha256) : error
    })
    return file.createReadStream(range)
  }

  async has({ bytes, sha256 }: StoredPart): Promise<boolean> {
    const found = await stat(this.#path(sha256)).catch(() => undefined)
    return found?.size === bytes
  }

  async delete(sha256: string): Promise<void> {
    rmSync(this.#path(sha256), { force: true })
  }

  async list(): Promise<StoredPart[]> {
    const parts: StoredPart[] = []
    for (const prefix of await readdir(this.#parts)) {
      for (const rest of (await readdir(join(this.#parts, prefix))).filter(name => NAME.test(name))) {
        const found = await stat(join(this.#parts, prefix, rest)).catch(() => undefined)
        if (found) parts.push({ bytes: found.size, sha256: prefix + rest })
      }
    }
    return parts
  }

  async tidy(): Promise<void> {
    // deleting frees all of it
  }

  async #write(file: string, source: Readable, signal: AbortSignal): Promise<StoredPart> {
    const measure = new Measure()
    // `flush` syncs before the stream is closed: once the pipeline is done the bytes are on disk
    await pipeline(source, measure, createWriteStream(file, { flags: 'wx', flush: true, mode: 0o600 }), { signal })
    return measure.part()
  }

  #publish(file: string, sha256: string): void {
    const target = this.#path(sha256)
    mkdirSync(dirname(target), { mode: 0o700, recursive: true })
    renameSync(file, target)
    for (const changed of [dirname(target), this.#parts]) flushDirectory(changed)
  }

  #path(sha256: string): string {
    return join(this.#parts, sha256.slice(0, 2), sha256.slice(2))
  }
}

function isAbsent(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}
