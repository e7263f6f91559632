import {
  createReadStream,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import * as z from 'zod/mini'
import type { Clock } from '../../core/clock.ts'
import { diskError } from '../../core/disk-errors.ts'
import { AppError } from '../../core/errors.ts'
import { createId } from '../../core/ids.ts'
import { collectBuffers } from '../../stream/collect-buffers.ts'
import { sha256Of } from '../../stream/digest.ts'
import { writeDurably } from '../source/durable.ts'

/** What rests for so long is given up, ms. */
const EXPIRES_MS = 24 * 3_600_000
/** A connection that brings nothing for so long may be one that was lost without a word, ms. */
const STALLED_MS = 10_000

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

/** How far an upload is that nobody sends just now. */
export interface RestingUpload {
  readonly id: string
  readonly offset: number
  /** Of the bytes that have arrived. */
  readonly sha256: string
}

export interface UploadsOptions {
  readonly clock: Clock
  readonly directory: string
  /** Whether an activity works with it. */
  readonly isUsed: (id: string) => boolean
}

interface Writing {
  /** When bytes came last. */
  at: number
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
  readonly #isUsed: UploadsOptions['isUsed']
  readonly #writing = new Map<string, Writing>()

  constructor({ clock, directory, isUsed }: UploadsOptions) {
    this.#directory = directory
    this.#clock = clock
    this.#isUsed = isUsed
    mkdirSync(directory, { mode: 0o700, recursive: true })
  }

  /**
   * With `from` it begins with what has arrived of that upload, which is none any more: whoever began it can send nothing that
   * would end up in this one. From the beginning where that one has changed since it rested.
   * @throws failed.disk-full
   */
  create(request: Omit<UploadRecord, 'createdAt' | 'id'>, from?: Pick<RestingUpload, 'id' | 'offset'>): Upload {
    const now = this.#clock.now()
    const made: UploadRecord = { ...request, createdAt: new Date(now).toISOString(), id: createId('upl', now) }
    try {
      mkdirSync(join(this.#directory, made.id), { mode: 0o700 })
      writeFileSync(this.file(made.id), '', { mode: 0o600 })
      writeDurably(join(this.#directory, made.id, 'upload.json'), JSON.stringify(made), 0o600)
    } catch (error) {
      throw diskError(error, this.#directory)
    }
    return { ...made, offset: from ? this.#takeOver(from, made) : 0 }
  }

  /** Those of files of that size for the same environment. A connection that may be lost is cut. */
  async resting(target: Target): Promise<RestingUpload[]> {
    const resting: RestingUpload[] = []
    for (const name of readdirSync(this.#directory)) {
      const writing = this.#writing.get(name)
      if (writing && this.#clock.now() - writing.at >= STALLED_MS) await this.settled(name)
      const upload = this.get(name)
      if (!upload || upload.offset === 0 || !isFor(upload, target) || !this.#rests(name)) continue
      const { id, offset } = upload
      resting.push({ id, offset, sha256: await sha256Of(createReadStream(this.file(id), { end: offset - 1 })) })
    }
    return resting
  }

  get(id: string): Upload | undefined {
    const file = join(this.#directory, id, 'upload.json')
    if (!/^upl_[a-z0-9]+$/.test(id) || !existsSync(file) || !existsSync(this.file(id))) return undefined
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
    // from the last of these looks to the entry in `#writing` nothing waits, so that no other gets in between
    while (this.#writing.has(id)) await this.settled(id)
    const upload = this.get(id)
    if (!upload) throw noUpload(id)
    if (upload.offset !== offset) throw wrongOffset(upload, offset)
    const writing: Writing = { at: this.#clock.now(), ended: Promise.resolve(), stop: () => void source.destroy() }
    const written = this.#write(upload, source, () => (writing.at = this.#clock.now()))
    this.#writing.set(id, Object.assign(writing, { ended: written.catch(() => undefined) }))
    try {
      return await written
    } finally {
      this.#writing.delete(id)
    }
  }

  /** An absent one succeeds. */
  remove(id: string): void {
    if (this.get(id)) rmSync(join(this.#directory, id), { force: true, recursive: true })
  }

  /** What rested for a day. */
  removeExpired(): void {
    for (const id of readdirSync(this.#directory)) {
      const { mtimeMs } = statSync(this.#touched(id))
      if (this.#clock.now() - mtimeMs >= EXPIRES_MS && this.#rests(id))
        rmSync(join(this.#directory, id), { force: true, recursive: true })
    }
  }

  #rests(id: string): boolean {
    return !this.#writing.has(id) && !this.#isUsed(id)
  }

  /** Killed in between there are an empty one and the old one, or the new one and a directory without content. */
  #takeOver({ id, offset }: Pick<RestingUpload, 'id' | 'offset'>, to: UploadRecord): number {
    const found = this.get(id)
    if (found?.offset !== offset || !isFor(found, to) || !this.#rests(id)) return 0
    renameSync(this.file(id), this.file(to.id))
    rmSync(join(this.#directory, id), { force: true, recursive: true })
    return offset
  }

  #touched(id: string): string {
    const content = this.file(id)
    return existsSync(content) ? content : join(this.#directory, id)
  }

  async #write(
    { bytes, id, offset }: Upload,
    source: AsyncIterable<Uint8Array>,
    onArrived: () => void,
  ): Promise<number> {
    const handle = await open(this.file(id), 'a')
    let at = offset
    try {
      for await (const chunk of source) {
        if (at + chunk.length > bytes)
          throw new AppError('usage.request', `more than the ${bytes} bytes that were announced`)
        await handle.appendFile(chunk)
        at += chunk.length
        onArrived()
        collectBuffers(chunk.length)
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

type Target = Pick<UploadRecord, 'bytes' | 'environment' | 'project'>

function isFor(upload: Target, { bytes, environment, project }: Target): boolean {
  return upload.bytes === bytes && upload.environment === environment && upload.project === project
}

function wrongOffset({ id, offset }: Upload, given: number): AppError {
  return new AppError('conflict.offset', `the upload ${id} is at byte ${offset}, not at ${given}`, {
    details: { offset },
  })
}
