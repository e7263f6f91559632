import type { EdgeConfig } from '../port.ts'
import type { Listener } from './listeners.ts'
import type { EdgeLog } from './log.ts'

const RETRY_MS = 1000

/** The listeners of sites that have a port of their own. */
export class SiteListeners {
  readonly #open: (port: number) => Promise<Listener>
  readonly #log: EdgeLog
  readonly #listeners = new Map<number, Listener>()
  #wanted: ReadonlySet<number> = new Set()
  #retry: NodeJS.Timeout | undefined

  constructor(open: (port: number) => Promise<Listener>, log: EdgeLog) {
    this.#open = open
    this.#log = log
  }

  /**
   * Opens what the configuration adds; `commit` then closes what it does not name. A port that was wanted before and is
   * taken by another program is tried again later. @throws conflict.port-taken for a new one; nothing changed then
   */
  async prepare(config: EdgeConfig): Promise<{ commit(): void }> {
    const next = new Set(config.sites.flatMap(({ port }) => port ?? []))
    const opened: Listener[] = []
    try {
      for (const port of next)
        if (!this.#wanted.has(port) && !this.#listeners.has(port)) opened.push(await this.#open(port))
    } catch (error) {
      for (const listener of opened) listener.close()
      throw error
    }
    return { commit: () => this.#commit(next, opened) }
  }

  /** Opens what it can and goes on trying the rest: for a configuration that was accepted before. */
  async restore(config: EdgeConfig): Promise<void> {
    this.#wanted = new Set(config.sites.flatMap(({ port }) => port ?? []))
    await this.#tryMissing()
  }

  close(): void {
    this.#wanted = new Set()
    clearTimeout(this.#retry)
    for (const listener of this.#listeners.values()) listener.close()
    this.#listeners.clear()
  }

  #commit(next: ReadonlySet<number>, opened: readonly Listener[]): void {
    this.#wanted = next
    for (const listener of opened) this.#listeners.set(listener.port, listener)
    for (const [port, listener] of this.#listeners) {
      if (next.has(port)) continue
      listener.close()
      this.#listeners.delete(port)
    }
  }

  async #tryMissing(): Promise<void> {
    for (const port of this.#wanted) {
      if (this.#listeners.has(port)) continue
      try {
        const listener = await this.#open(port)
        if (this.#wanted.has(port) && !this.#listeners.has(port)) this.#listeners.set(port, listener)
        else listener.close()
      } catch (error) {
        this.#log.warn({ error: String(error), port }, 'the port of a site cannot be opened')
      }
    }
    if ([...this.#wanted].every(port => this.#listeners.has(port))) return
    this.#retry = setTimeout(() => void this.#tryMissing(), RETRY_MS)
  }
}
