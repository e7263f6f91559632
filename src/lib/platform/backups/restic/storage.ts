import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import * as z from 'zod/mini'
import { diskError } from '../../../core/disk-errors.ts'
import { isAppError } from '../../../core/errors.ts'
import { sha256Of } from '../../../stream/digest.ts'
import { flushDirectory, writeDurably } from '../../source/durable.ts'
import { Measure } from '../measure.ts'
import { gone, unlike } from '../part-errors.ts'
import type { PartRange, PartStorage, PutOptions, StoredPart } from '../storage.ts'
import { findRestic } from './find-restic.ts'
import { ResticRepository } from './repository.ts'

const NAME = /^[0-9a-f]{64}$/
const reference = z.object({ bytes: z.number(), snapshot: z.string() })
type Reference = z.infer<typeof reference>

export interface ResticStorage extends PartStorage {
  /** Makes the repository where there is none. @throws failed.tool-missing, failed.dump */
  prepare(): Promise<void>
}

/**
 * Parts in a restic repository: what they have in common is kept once. A part is there once `<directory>/parts/<sha256>` names its
 * snapshot; snapshots that no part names are removed by `tidy`. One process at a time may have it open.
 */
export function createResticStorage(directory: string, findProgram = findRestic): ResticStorage {
  return new PartsInRestic(directory, findProgram)
}

class PartsInRestic implements ResticStorage {
  readonly #parts: string
  readonly #repository: ResticRepository
  /** Who reads or writes, or waits for the begin. */
  #users = 0
  /** Who reads or writes. */
  #atWork = 0
  #ready: Promise<void> | undefined
  /** Something may lie in the repository that no part names. */
  #isUntidy = true
  #tidying: { readonly ended: Promise<void>; readonly stop: () => void } | undefined

  constructor(directory: string, findProgram: () => Promise<string>) {
    this.#parts = join(directory, 'parts')
    this.#repository = new ResticRepository(directory, findProgram)
  }

  prepare(): Promise<void> {
    return this.#using(async () => undefined)
  }

  async put(source: Readable, { onNamed, signal }: PutOptions): Promise<StoredPart> {
    try {
      return await this.#using(async () => {
        const measure = new Measure()
        const snapshot = await this.#repository.add(source, measure, signal)
        const part = measure.part()
        const written = Readable.from(this.#repository.read(snapshot), { signal })
        if ((await sha256Of(written)) !== part.sha256) throw unlike(part.sha256)
        onNamed?.(part)
        this.#refer(part, snapshot)
        return part
      })
    } catch (error) {
      this.#isUntidy = true
      source.destroy()
      signal.throwIfAborted()
      throw diskError(error, this.#parts)
    }
  }

  async open(sha256: string, range?: PartRange): Promise<Readable> {
    const found = await this.#find(sha256)
    if (!found || !this.#repository.hasSnapshot(found.snapshot)) throw gone(sha256)
    await this.prepare()
    return Readable.from(this.#read(found.snapshot, range), { objectMode: false })
  }

  async has({ bytes, sha256 }: StoredPart): Promise<boolean> {
    const found = await this.#find(sha256)
    return found !== undefined && found.bytes === bytes && this.#repository.hasSnapshot(found.snapshot)
  }

  async delete(sha256: string): Promise<void> {
    rmSync(join(this.#parts, sha256), { force: true })
    this.#isUntidy = true
  }

  async list(): Promise<StoredPart[]> {
    return (await this.#references()).map(({ bytes, sha256 }) => ({ bytes, sha256 }))
  }

  async tidy(signal: AbortSignal): Promise<void> {
    if (this.#tidying) return this.#tidying.ended
    if (!this.#isUntidy || this.#users > 0 || !this.#repository.exists) return
    this.#isUntidy = false
    const stopping = new AbortController()
    const pruning = this.#prune(AbortSignal.any([signal, stopping.signal]))
    const ended = pruning.then(noop, noop)
    this.#tidying = { ended, stop: () => stopping.abort() }
    try {
      await pruning
    } catch (error) {
      this.#ready = undefined
      const isStopped = signal.aborted || stopping.signal.aborted
      // what fails for another reason would fail again
      this.#isUntidy ||= isStopped || (isAppError(error) && error.code === 'failed.disk-full')
      if (!isStopped) throw error
    } finally {
      this.#tidying = undefined
    }
  }

  async #prune(signal: AbortSignal): Promise<void> {
    await this.#repository.unlock()
    const named = new Set((await this.#references()).map(({ snapshot }) => snapshot))
    const expendable = (await this.#repository.snapshots()).filter(id => !named.has(id))
    await this.#repository.prune(expendable, signal)
  }

  async *#read(snapshot: string, range: PartRange | undefined): AsyncGenerator<Buffer> {
    await this.#enter()
    try {
      yield* this.#repository.read(snapshot, range)
    } finally {
      this.#leave()
    }
  }

  async #using<T>(run: () => Promise<T>): Promise<T> {
    const beginAnew = await this.#enter()
    try {
      return await run()
    } catch (error) {
      beginAnew()
      throw error
    } finally {
      this.#leave()
    }
  }

  /**
   * Whoever reads or writes goes before tidying, which goes on another time. Returns what lets the next one begin anew; whoever
   * begins meanwhile has done so already.
   */
  async #enter(): Promise<() => void> {
    while (this.#tidying) {
      this.#tidying.stop()
      await this.#tidying.ended
    }
    this.#users++
    const ready = (this.#ready ??= this.#begin())
    const beginAnew = (): void => {
      if (this.#ready === ready) this.#ready = undefined
    }
    await ready.catch((error: unknown) => {
      this.#users--
      beginAnew()
      throw diskError(error, this.#parts)
    })
    this.#atWork++
    return beginAnew
  }

  #leave(): void {
    this.#users--
    this.#atWork--
  }

  async #begin(): Promise<void> {
    await this.#repository.prepare()
    // locks are those of the dead only while nobody here is at work; who comes meanwhile waits
    if (this.#atWork === 0) await this.#repository.unlock()
    mkdirSync(this.#parts, { mode: 0o700, recursive: true })
    flushDirectory(dirname(this.#parts))
  }

  #refer({ bytes, sha256 }: StoredPart, snapshot: string): void {
    const content: Reference = { bytes, snapshot }
    writeDurably(join(this.#parts, sha256), JSON.stringify(content), 0o600)
  }

  async #find(sha256: string): Promise<Reference | undefined> {
    return existsSync(join(this.#parts, sha256)) ? this.#reference(sha256) : undefined
  }

  /** Of all parts. What cannot be read fails it: whoever asks may delete the others. */
  async #references(): Promise<(Reference & StoredPart)[]> {
    const all: (Reference & StoredPart)[] = []
    if (!existsSync(this.#parts)) return all
    for (const sha256 of (await readdir(this.#parts)).filter(name => NAME.test(name)))
      all.push({ ...(await this.#reference(sha256)), sha256 })
    return all
  }

  async #reference(sha256: string): Promise<Reference> {
    return reference.parse(JSON.parse(await readFile(join(this.#parts, sha256), 'utf8')))
  }
}

function noop(): void {}
