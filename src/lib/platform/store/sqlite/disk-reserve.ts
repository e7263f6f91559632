import { randomBytes } from 'node:crypto'
import { rmSync, statfsSync, statSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

const BYTES = 8 * 1024 * 1024
/** It is not taken from a disk that has less than so many times as much. */
const ROOM = 4
const RETRY_MS = 10_000

/**
 * Space that is given up on a full disk, so that the end of whatever filled it can be written down: only then it is undone, and
 * its space is free again.
 */
export class DiskReserve {
  readonly #path: string
  #retry: NodeJS.Timeout | undefined

  constructor(path: string) {
    this.#path = path
    this.#keep()
  }

  /** False when there is none. Taken back once there is room. */
  release(): boolean {
    if (!this.#isKept()) return false
    rmSync(this.#path, { force: true })
    this.#retry ??= setInterval(() => this.#keep(), RETRY_MS).unref()
    return true
  }

  close(): void {
    clearInterval(this.#retry)
  }

  #isKept(): boolean {
    return statSync(this.#path, { throwIfNoEntry: false })?.size === BYTES
  }

  #keep(): void {
    if (!this.#isKept() && !this.#take()) return
    clearInterval(this.#retry)
    this.#retry = undefined
  }

  #take(): boolean {
    const { bavail, bsize } = statfsSync(dirname(this.#path))
    if (bavail * bsize < BYTES * ROOM) return false
    try {
      // random: file systems that compress would keep nothing for zeros
      writeFileSync(this.#path, randomBytes(BYTES), { mode: 0o600 })
      return true
    } catch {
      // others were faster
      rmSync(this.#path, { force: true })
      return false
    }
  }
}
