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
   * Opens the ports that the configuration names and closes the others. One that another program holds is tried again
   * every second: it must not keep the rest of the configuration from taking effect.
   */
  async apply(config: EdgeConfig): Promise<void> {
    this.#wanted = new Set(config.sites.flatMap(({ port }) => port ?? []))
    for (const [port, listener] of this.#listeners) {
      if (this.#wanted.has(port)) continue
      listener.close()
      this.#listeners.delete(port)
    }
    await this.#tryMissing()
  }

  /** Wanted, but held by another program. */
  missing(): number[] {
    return [...this.#wanted].filter(port => !this.#listeners.has(port))
  }

  close(): void {
    this.#wanted = new Set()
    clearTimeout(this.#retry)
    for (const listener of this.#listeners.values()) listener.close()
    this.#listeners.clear()
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
    clearTimeout(this.#retry)
    if (this.missing().length > 0) this.#retry = setTimeout(() => void this.#tryMissing(), RETRY_MS)
  }
}
