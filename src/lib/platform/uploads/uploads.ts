import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import * as z from 'zod/mini'
import type { Clock } from '../../core/clock.ts'
import { diskError } from '../../core/disk-errors.ts'
import { AppError } from '../../core/errors.ts'
import { createId } from '../../core/ids.ts'
import { writeDurably } from '../source/durable.ts'

/** What rests for so long is given up, ms. */
const EXPIRES_MS = 24 * 3_600_000

const record = z.object({
  /** Of the whole file. */
  bytes: z.number(),
  createdAt: z.string(),
  environment: z.string(),
  id: z.string(),
  label: z.optional(z.string()),
  project: z.string(),
})
export type UploadRecord = z.infer<typeof record>

export type Upload = UploadRecord & {
  /** Bytes that have arrived. */
  readonly offset: number
}

interface Writing {
  readonly stop: () => void
  readonly ended: Promise<unknown>
}

/**
 * Files on their way to the platform: `<directory>/<id>/upload.json` and `content`, whose size is how far it is. One process at
 * a time may have the directory open.
 */
export class Uploads {
  readonly #directory: string
  readonly #clock: Clock
  readonly #writing = new Map<string, Writing>()

  constructor({ clock, directory }: { readonly directory: string; readonly clock: Clock }) {
    this.#directory = directory
    this.#clock = clock
    mkdirSync(directory, { mode: 0o700, recursive: true })
  }

  /** @throws failed.disk-full */
  create(request: Omit<UploadRecord, 'createdAt' | 'id'>): Upload {
    const now = this.#clock.now()
    const made: UploadRecord = { ...request, createdAt: new Date(now).toISOString(), id: createId('upl', now) }
    try {
      mkdirSync(join(this.#directory, made.id), { mode: 0o700 })
      writeFileSync(this.file(made.id), '', { mode: 0o600 })
      writeDurably(join(this.#directory, made.id, 'upload.json'), JSON.stringify(made), 0o600)
    } catch (error) {
      throw diskError(error, this.#directory)
    }
    return { ...made, offset: 0 }
  }

  get(id: string): Upload | undefined {
    const file = join(this.#directory, id, 'upload.json')
    if (!/^upl_[a-z0-9]+$/.test(id) || !existsSync(file)) return undefined
    return { ...z.parse(record, JSON.parse(readFileSync(file, 'utf8'))), offset: statSync(this.file(id)).size }
  }

  /** Where the bytes lie. */
  file(id: string): string {
    return join(this.#directory, id, 'content')
  }

  /** How far it is, once whoever still writes to it has ended: its client has come back, so that one's connection is lost. */
  async settled(id: string): Promise<Upload | undefined> {
    const writing = this.#writing.get(id)
    writing?.stop()
    await writing?.ended
    return this.get(id)
  }

  /**
   * Appends what `source` gives; what has arrived stays, however it ends. Resolves with the new offset.
   * @throws not-found.upload; conflict.offset with the right one; usage.request when it is more than was announced;
   *   failed.disk-full
   */
  async append(id: string, offset: number, source: Readable): Promise<number> {
    const upload = await this.settled(id)
    if (!upload) throw noUpload(id)
    if (upload.offset !== offset) throw wrongOffset(upload, offset)
    const writing = this.#write(upload, source)
    const ended = writing.catch(() => undefined)
    this.#writing.set(id, { ended, stop: () => void source.destroy() })
    try {
      return await writing
    } finally {
      this.#writing.delete(id)
    }
  }

  /** An absent one succeeds. */
  remove(id: string): void {
    if (this.get(id)) rmSync(join(this.#directory, id), { force: true, recursive: true })
  }

  /** What rested for a day, unless `isUsed`. */
  removeExpired(isUsed: (id: string) => boolean): void {
    for (const id of readdirSync(this.#directory)) {
      const { mtimeMs } = statSync(this.#touched(id))
      if (this.#clock.now() - mtimeMs >= EXPIRES_MS && !this.#writing.has(id) && !isUsed(id))
        rmSync(join(this.#directory, id), { force: true, recursive: true })
    }
  }

  #touched(id: string): string {
    const content = this.file(id)
    return existsSync(content) ? content : join(this.#directory, id)
  }

  async #write({ bytes, id, offset }: Upload, source: AsyncIterable<Uint8Array>): Promise<number> {
    const handle = await open(this.file(id), 'a')
    let at = offset
    try {
      for await (const chunk of source) {
        if (at + chunk.length > bytes)
          throw new AppError('usage.request', `more than the ${bytes} bytes that were announced`)
        await handle.appendFile(chunk)
        at += chunk.length
      }
    } catch (error) {
      throw diskError(error, this.#directory)
    } finally {
      await handle.close()
    }
    return at
  }
}

export function noUpload(id: string): AppError {
  return new AppError(
    'not-found.upload',
    `there is no upload "${id}": it is finished, was given up or rested for a day`,
  )
}

function wrongOffset({ id, offset }: Upload, given: number): AppError {
  return new AppError('conflict.offset', `the upload ${id} is at byte ${offset}, not at ${given}`, {
    details: { offset },
  })
}
