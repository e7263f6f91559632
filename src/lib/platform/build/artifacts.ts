import { chmod, mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { diskError } from '../../core/disk-errors.ts'
import { type AppError, isAppError } from '../../core/errors.ts'
import type { Engine } from '../engine/port.ts'
import type { Layout } from '../layout.ts'
import type { Retention } from '../pruning/retention.ts'
import { removeTree } from '../remove-tree.ts'
import { writeDurably } from '../source/durable.ts'
import { type ArtifactManifest, readArtifact, touchArtifact, writeArtifact } from './artifact-manifest.ts'
import { removeUnusedArtifacts } from './remove-unused.ts'
import { cancelled } from './run-step.ts'

/** How often one may lose its keeper while it is made. */
const ATTEMPTS = 3

export interface ArtifactMaking {
  /** The engine's environment in which `make` runs its jobs. */
  readonly environment: string
  /** Fills the directory and freezes it. Repeated from an empty directory when only the keeper of a job died. */
  readonly make: (app: string) => Promise<ArtifactManifest>
  readonly note: (text: string) => void
  readonly signal: AbortSignal
}

/** The artifact store: each is made once, in its place, and is complete when its manifest lies beside it. */
export interface Artifacts {
  /** A complete artifact; undefined when there is none of that id. */
  find(id: string): ArtifactManifest | undefined
  /**
   * Makes it unless it is there; equal ones wait for each other. A failed or interrupted one leaves nothing.
   * @throws failed.cancelled when the signal aborts, failed.disk-full, and what `make` throws
   */
  findOrMake(
    id: string,
    making: ArtifactMaking,
  ): Promise<{ readonly manifest: ArtifactManifest; readonly reused: boolean }>
  /** Call before a job of `make` is started: after a kill of the platform it is ended before the files are removed. */
  noteJob(id: string, job: string): void
  /** Deletes the artifacts that are neither kept nor being made nor used lately. */
  removeUnused(retention: Retention, signal?: AbortSignal): Promise<void>
}

export function createArtifacts(options: { readonly engine: Engine; readonly layout: Layout }): Artifacts {
  return new ArtifactStore(options)
}

class ArtifactStore implements Artifacts {
  readonly #engine: Engine
  readonly #layout: Layout
  /** The last one asked for, by id. */
  readonly #running = new Map<string, Promise<unknown>>()

  constructor({ engine, layout }: { readonly engine: Engine; readonly layout: Layout }) {
    this.#engine = engine
    this.#layout = layout
  }

  find(id: string): ArtifactManifest | undefined {
    return readArtifact(this.#directory(id))
  }

  async findOrMake(id: string, making: ArtifactMaking): Promise<{ manifest: ArtifactManifest; reused: boolean }> {
    const previous = this.#running.get(id)
    const current = (async () => {
      await previous?.catch(() => undefined)
      return this.#findOrMake(id, making)
    })()
    this.#running.set(id, current)
    try {
      return await current
    } finally {
      if (this.#running.get(id) === current) this.#running.delete(id)
    }
  }

  noteJob(id: string, job: string): void {
    writeDurably(this.#jobFile(id), job, 0o600)
  }

  async removeUnused({ isKept, usedSince }: Retention, signal?: AbortSignal): Promise<void> {
    const retention = { isKept: (id: string) => isKept(id) || this.#running.has(id), usedSince }
    await removeUnusedArtifacts(this.#layout.artifacts, retention, signal)
  }

  async #findOrMake(id: string, making: ArtifactMaking): Promise<{ manifest: ArtifactManifest; reused: boolean }> {
    const directory = this.#directory(id)
    const found = readArtifact(directory)
    if (found) {
      touchArtifact(directory)
      return { manifest: found, reused: true }
    }
    for (let attempt = 1; ; attempt++) {
      await this.#endLeftover(id, making)
      try {
        return { manifest: await this.#make(id, making), reused: false }
      } catch (error) {
        await removeTree(directory)
        if (making.signal.aborted) throw cancelled()
        if (attempt === ATTEMPTS || !isLost(error)) throw diskError(error, this.#layout.artifacts)
        making.note(`${error.message}: building anew`)
      }
    }
  }

  async #make(id: string, { make }: ArtifactMaking): Promise<ArtifactManifest> {
    const directory = this.#directory(id)
    await mkdir(this.#layout.artifacts, { mode: 0o711, recursive: true })
    await mkdir(directory)
    await chmod(directory, 0o755)
    const manifest = await make(join(directory, 'app'))
    await rm(this.#jobFile(id), { force: true })
    writeArtifact(directory, manifest)
    return manifest
  }

  /** A platform that was killed leaves files, and its keeper may go on with the command. */
  async #endLeftover(id: string, { environment }: ArtifactMaking): Promise<void> {
    const job = await readFile(this.#jobFile(id), 'utf8').catch(() => undefined)
    if (job !== undefined) await this.#engine.cancel(environment, job)
    await removeTree(this.#directory(id))
  }

  #directory(id: string): string {
    return join(this.#layout.artifacts, id)
  }

  #jobFile(id: string): string {
    return join(this.#directory(id), 'job')
  }
}

/** Its keeper died, which says nothing about what it made. */
function isLost(error: unknown): error is AppError {
  return isAppError(error) && error.code === 'failed.interrupted'
}
