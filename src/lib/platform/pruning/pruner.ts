import * as z from 'zod/mini'
import type { Clock } from '../../core/clock.ts'
import type { Builder } from '../build/builder.ts'
import { typeOfKit } from '../services/kits.ts'
import type { SourceStore } from '../source/source-store.ts'
import type { Store } from '../store/port.ts'
import { pruneRecords } from './prune-records.ts'

const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS
/** The start of a platform has other things to do. */
const FIRST_MS = MINUTE_MS
const CHECK_MS = 60 * MINUTE_MS
const KEPT_MS = 30 * DAY_MS
const LAST_RUN = 'pruning.last'

export interface PrunerOptions {
  readonly store: Store
  readonly builder: Builder
  readonly sources: SourceStore
  readonly clock: Clock
  readonly onError: (error: unknown) => void
}

/**
 * Once a day removes builds and source trees of which nothing was used for 30 days. Records go first, in one transaction;
 * then the files that no record names: a run that was cut short is made good by the next.
 */
export class Pruner {
  readonly #options: PrunerOptions
  readonly #closed = new AbortController()
  #running: Promise<void> = Promise.resolve()

  constructor(options: PrunerOptions) {
    this.#options = options
  }

  start(): void {
    this.#running = this.#repeat()
  }

  /** Resolves when nothing is being removed any more. */
  async close(): Promise<void> {
    this.#closed.abort()
    await this.#running
  }

  async #repeat(): Promise<void> {
    const { clock, onError } = this.#options
    const { signal } = this.#closed
    for (let pause = FIRST_MS; !signal.aborted; pause = CHECK_MS) {
      await clock.sleep(pause, signal).catch(() => undefined)
      if (signal.aborted || !this.#isDue()) continue
      await this.#prune().catch((error: unknown) => void (signal.aborted || onError(error)))
    }
  }

  #isDue(): boolean {
    const { clock, store } = this.#options
    const last = z.safeParse(z.number(), store.settings.get(LAST_RUN))
    return !last.success || clock.now() - last.data >= DAY_MS
  }

  async #prune(): Promise<void> {
    const { builder, clock, sources, store } = this.#options
    const begun = clock.now()
    const usedSince = begun - KEPT_MS
    const { trees } = pruneRecords(store, new Date(usedSince).toISOString())
    const { signal } = this.#closed
    await builder.removeUnused({ isKept: artifact => isKept(store, artifact), usedSince }, signal)
    await sources.removeUnused({ isKept: tree => trees.has(tree), usedSince }, signal)
    store.settings.set(LAST_RUN, begun)
  }
}

/** What a managed service runs from stays as long as there is one of its type. */
function isKept(store: Store, artifact: string): boolean {
  const type = typeOfKit(artifact)
  return type === undefined
    ? store.builds.isUsed(artifact)
    : store.managedServices.list().some(service => service.type === type)
}
