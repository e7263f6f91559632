import { watch, type FSWatcher } from 'node:fs'

/** Notifications can be missed (network file systems, full queues), so look now and then as well … */
const WATCHED_MS = 1000
/** … and often at what cannot be watched, as a directory that is not there yet. */
const UNWATCHED_MS = 100

/** Tells when something may have changed in some directories. */
export class DirectoriesWatch {
  readonly #watchers = new Map<string, FSWatcher | undefined>()
  #changed = false
  #wake: (() => void) | undefined

  constructor(directories: readonly string[]) {
    for (const directory of directories) this.#watchers.set(directory, undefined)
  }

  /** What is read from now on is up to date: only later changes end the next `wait`. */
  reset(): void {
    this.#changed = false
    for (const [directory, watcher] of this.#watchers) {
      if (watcher === undefined) this.#watchers.set(directory, this.#watch(directory))
    }
  }

  /** Until something changed since `reset`, or may have, or the signal aborts. */
  async wait(signal: AbortSignal): Promise<void> {
    if (this.#changed || signal.aborted) return
    const isWatched = [...this.#watchers.values()].every(watcher => watcher !== undefined)
    await new Promise<void>(resolve => {
      const done = (): void => {
        clearTimeout(timer)
        signal.removeEventListener('abort', done)
        this.#wake = undefined
        resolve()
      }
      const timer = setTimeout(done, isWatched ? WATCHED_MS : UNWATCHED_MS)
      signal.addEventListener('abort', done, { once: true })
      this.#wake = done
    })
  }

  close(): void {
    for (const watcher of this.#watchers.values()) watcher?.close()
    this.#watchers.clear()
  }

  #watch(directory: string): FSWatcher | undefined {
    try {
      const watcher = watch(directory, () => {
        this.#changed = true
        this.#wake?.()
      })
      watcher.on('error', () => {
        watcher.close()
        this.#watchers.set(directory, undefined)
      })
      return watcher
    } catch {
      return undefined
    }
  }
}
