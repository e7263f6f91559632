import { setTimeout as delay } from 'node:timers/promises'
import { killTree } from '../process-tree.ts'
import type { KeeperState } from './state.ts'

/** What a session that was left may take to end after SIGHUP. */
const GRACE_MS = 1000

/** All processes of a session: below its first one, in its group, or carrying its id in their environment. */
export class SessionTree {
  readonly #key: string
  readonly #selector: { readonly marker: string; readonly root: number | undefined }
  readonly #state: KeeperState

  constructor(id: string, pid: number | undefined, state: KeeperState) {
    this.#key = `session/${id}`
    this.#selector = { marker: `ALOFT_SESSION=${id}\0`, root: pid }
    this.#state = state
    if (pid !== undefined) state.recordChild(this.#key, pid)
  }

  /** What outlived the first process. */
  async killRest(): Promise<void> {
    await killTree(this.#selector)
    this.#state.forgetChild(this.#key)
  }

  /** Waits a moment for `exited`, then ends it all. */
  async kill(exited: Promise<number>): Promise<void> {
    const timer = new AbortController()
    await Promise.race([exited, delay(GRACE_MS, undefined, { signal: timer.signal }).catch(() => undefined)])
    timer.abort()
    await this.killRest()
  }
}
