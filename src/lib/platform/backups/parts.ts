import type { Readable } from 'node:stream'
import type { BundlePart } from '../../bundle/manifest.ts'
import type { BackupStore } from '../store/port.ts'
import type { PartRange, PartStorage, PutOptions, StoredPart } from './storage.ts'

/**
 * The parts of all backups and who needs them: the manifests in the records, and whoever is about to write one. A part that
 * nobody needs is deleted; one in the hands of a running activity never is.
 */
export class Parts {
  readonly #storage: PartStorage
  readonly #backups: BackupStore
  /** SHA-256 -> how many hold it. */
  readonly #held = new Map<string, number>()

  constructor(storage: PartStorage, backups: BackupStore) {
    this.#storage = storage
    this.#backups = backups
  }

  /** Parts that are put or found through it stay until `run` has ended; then those stay that a record names. */
  async holding<T>(run: (hold: HeldParts) => Promise<T>): Promise<T> {
    const taken: string[] = []
    const take = (sha256: string): void => {
      taken.push(sha256)
      this.#held.set(sha256, (this.#held.get(sha256) ?? 0) + 1)
    }
    try {
      return await run({
        find: async part => {
          take(part.sha256)
          return this.#storage.has(part)
        },
        put: (source, options) => this.#storage.put(source, { ...options, onNamed: ({ sha256 }) => take(sha256) }),
      })
    } finally {
      for (const sha256 of taken) this.#letGo(sha256)
      await this.#collect(new Set(taken))
    }
  }

  /** @throws failed.verify when it is gone */
  open(sha256: string, range?: PartRange): Promise<Readable> {
    return this.#storage.open(sha256, range)
  }

  has(part: StoredPart): Promise<boolean> {
    return this.#storage.has(part)
  }

  /** Deletes those of these parts that nobody needs any more. */
  async release(parts: readonly BundlePart[]): Promise<void> {
    await this.#collect(new Set(parts.map(({ sha256 }) => sha256)))
  }

  /** Frees what deleted parts still take. @throws what `PartStorage.tidy` throws */
  tidy(signal: AbortSignal): Promise<void> {
    return this.#storage.tidy(signal)
  }

  /** Deletes all parts that nobody needs: what a killed platform left. Before any activity runs. */
  async collectAll(): Promise<void> {
    await this.#collect(new Set((await this.#storage.list()).map(({ sha256 }) => sha256)))
  }

  async #collect(candidates: Set<string>): Promise<void> {
    if (candidates.size === 0) return
    for (const { manifest } of this.#backups.list({}))
      for (const { sha256 } of manifest?.parts ?? []) candidates.delete(sha256)
    for (const sha256 of candidates) if (!this.#held.has(sha256)) await this.#storage.delete(sha256)
  }

  #letGo(sha256: string): void {
    const count = (this.#held.get(sha256) ?? 0) - 1
    if (count > 0) this.#held.set(sha256, count)
    else this.#held.delete(sha256)
  }
}

export interface HeldParts {
  /** Whether a part that an earlier backup made is there still. */
  find(part: StoredPart): Promise<boolean>
  /** @throws what `PartStorage.put` throws */
  put(source: Readable, options: Omit<PutOptions, 'onNamed'>): Promise<StoredPart>
}
