import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import type { Program } from '../isolation/launcher.ts'
import { LineSplitter } from '../line-splitter.ts'
import { continueTree, descendants, killTree, membersOf, processTable, sendSignal, stopTree } from '../process-tree.ts'
import { type OutputStream, spawnWithOutput } from './output-pipe.ts'
import type { KeeperState } from './state.ts'
import type { StdioSockets } from './stdio-sockets.ts'

export type ChildExit =
  | { readonly kind: 'exited'; readonly exitCode: number }
  | { readonly kind: 'killed'; readonly signal: string }

export interface ChildOptions {
  /** Under which the child is written down. */
  readonly key: string
  /** Value of ALOFT_INSTANCE: what carries it goes when the child goes. */
  readonly marker: string
  readonly program: Program
  readonly state: KeeperState
  /** Whole lines in order; the child's output waits while the promise is pending. */
  readonly onLines: (stream: OutputStream, lines: readonly string[]) => Promise<void> | void
  /** The program is bubblewrap: its group is not that of the application. */
  readonly isSandboxed: boolean
  /** Instead of nothing as stdin and lines from stdout. */
  readonly sockets?: StdioSockets | undefined
}

const POLL_MS = 25

/** A supervised process with its tree. Nothing of it is left when `exited` resolves, and all its output was handed over. */
export class Child {
  readonly pid: number | undefined
  readonly exited: Promise<ChildExit>
  readonly #options: ChildOptions
  readonly #process: ChildProcess
  readonly #output: Readonly<Record<OutputStream, Readable | null>>
  #isGone = false
  #isEnding = false
  #freezes = 0
  /** While it lasts, other members of the group may end by themselves. */
  #graceUntil = 0

  constructor(options: ChildOptions) {
    this.#options = options
    const { output, process } = spawnWithOutput(options.program, options.sockets)
    this.#process = process
    this.#output = output
    this.pid = this.#process.pid
    if (this.pid !== undefined) options.state.recordChild(options.key, this.pid)
    this.exited = this.#supervise()
  }

  /** SIGTERM to the application's process group; what is left after `graceMs` is killed. */
  async terminate(graceMs: number): Promise<void> {
    if (this.#isGone || this.pid === undefined) return
    this.#graceUntil = Date.now() + graceMs
    this.#isEnding = true
    const group = this.#group(this.pid)
    if (group === undefined) this.#process.kill('SIGKILL')
    else sendSignal(-group, 'SIGTERM')
    // It hears of it only when it goes on.
    if (this.#freezes > 0) continueTree(this.#tree)
    const timer = new AbortController()
    await Promise.race([this.exited, delay(graceMs, undefined, { signal: timer.signal }).catch(() => undefined)])
    timer.abort()
    if (!this.#isGone) await this.kill()
  }

  /** Stops it where it is, until `thaw` was called as often. One that is ending is awaited. False when it does not stop. */
  async freeze(): Promise<boolean> {
    this.#freezes++
    if (!this.#isEnding && !this.#isGone) return stopTree(this.#tree)
    await this.exited
    return true
  }

  thaw(): void {
    if (--this.#freezes === 0 && !this.#isGone) continueTree(this.#tree)
  }

  async kill(): Promise<void> {
    this.#graceUntil = 0
    if (!this.#isGone) await killTree(this.#tree)
    await this.exited
  }

  async #supervise(): Promise<ChildExit> {
    const { key, state } = this.#options
    const output = Promise.all([this.#pump('stdout'), this.#pump('stderr')])
    const exit = await waitForExit(this.#process)
    await this.#waitForGroup()
    if (this.pid !== undefined) await killTree(this.#tree)
    await output
    this.#isGone = true
    state.forgetChild(key)
    return exit
  }

  /** A shell may end before what it started: the rest has the grace period, too. */
  async #waitForGroup(): Promise<void> {
    if (this.#options.isSandboxed) return
    while (Date.now() < this.#graceUntil && membersOf({ root: this.pid }).length > 0) await delay(POLL_MS)
  }

  async #pump(stream: OutputStream): Promise<void> {
    const source = this.#output[stream]
    if (!source) return
    const splitter = new LineSplitter()
    try {
      for await (const chunk of source) {
        const lines = Buffer.isBuffer(chunk) ? splitter.push(chunk) : []
        if (lines.length > 0) await this.#options.onLines(stream, lines)
      }
    } catch {
      // A pipe that breaks has ended.
    }
    const rest = splitter.flush()
    if (rest.length > 0) await this.#options.onLines(stream, rest)
  }

  #group(pid: number): number | undefined {
    return this.#options.isSandboxed ? sandboxedGroup(pid) : pid
  }

  get #tree(): { root?: number | undefined; marker: string } {
    return { marker: `ALOFT_INSTANCE=${this.#options.marker}\0`, root: this.pid }
  }
}

/**
 * Below bubblewrap runs the first process of the new process tree, which leads the group of the application; signals from
 * outside that it does not handle do not reach it (pid_namespaces(7)).
 */
export function sandboxedGroup(bubblewrap: number): number | undefined {
  const table = processTable()
  const [, first] = descendants(bubblewrap, table)
  return first === undefined ? undefined : table.get(first)?.group === first ? first : undefined
}

async function waitForExit(child: ChildProcess): Promise<ChildExit> {
  const failed = once(child, 'error').then(() => [127, null] as const)
  const [code, signal]: readonly unknown[] = await Promise.race([once(child, 'exit'), failed])
  if (typeof signal === 'string') return { kind: 'killed', signal }
  return { exitCode: typeof code === 'number' ? code : 255, kind: 'exited' }
}
