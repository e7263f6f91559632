import { chownSync } from 'node:fs'
import { type IPty, spawn } from '@lydell/node-pty'
import { descendants, sendSignal } from '../process-tree.ts'
import type { SessionProcess } from './session.ts'
import type { SessionProcessOptions } from './session-pipes.ts'
import { SessionTree } from './session-tree.ts'

const END_OF_FILE = Buffer.of(4)

export interface TtyProcessOptions extends SessionProcessOptions {
  readonly columns: number
  readonly rows: number
  readonly term: string
  /** Who owns the terminal; undefined: the keeper's user. */
  readonly uid: number | undefined
}

/** A session on a pseudo-terminal; stdout and stderr are one there. */
export class TtyProcess implements SessionProcess {
  readonly exited: Promise<number>
  readonly #pty: IPty
  readonly #tree: SessionTree
  readonly #isSandboxed: boolean
  #take: (stream: 'stdout', data: Buffer) => void = () => {}

  constructor({ columns, id, isSandboxed, program, rows, state, term, uid }: TtyProcessOptions) {
    const { args, cwd, env, file } = program
    this.#isSandboxed = isSandboxed
    // Without an encoding it hands over bytes.
    this.#pty = spawn(file, [...args], { cols: columns, cwd, encoding: null, env: { ...env }, name: term, rows })
    if (uid !== undefined) giveTerminal(this.#pty.pid, uid)
    this.#tree = new SessionTree(id, this.#pty.pid, state)
    this.#pty.onData((data: unknown) => this.#take('stdout', Buffer.isBuffer(data) ? data : Buffer.from(String(data))))
    this.exited = this.#follow()
  }

  onOutput(take: (stream: 'stdout', data: Buffer) => void): void {
    this.#take = take
  }

  pauseOutput(): void {
    this.#pty.pause()
  }

  resumeOutput(): void {
    this.#pty.resume()
  }

  write(data: Uint8Array): boolean {
    // Its type knows text only, but bytes go through as they are.
    const write: unknown = Reflect.get(this.#pty, 'write')
    if (typeof write === 'function') Reflect.apply(write, this.#pty, [Buffer.from(data)])
    return true
  }

  async drained(): Promise<void> {}

  /** As Ctrl-D: the line discipline's end of input. */
  endInput(): void {
    this.write(END_OF_FILE)
  }

  resize(columns: number, rows: number): void {
    this.#pty.resize(columns, rows)
  }

  /** To the first process of the session alone; what is typed reaches the foreground group by the terminal. */
  signal(name: NodeJS.Signals): void {
    const { pid } = this.#pty
    if (!this.#isSandboxed) return void sendSignal(pid, name)
    const [, , first] = descendants(pid)
    if (first !== undefined) sendSignal(first, name)
  }

  async end(): Promise<void> {
    this.signal('SIGHUP')
    await this.#tree.kill(this.exited)
  }

  async #follow(): Promise<number> {
    const { exitCode, signal } = await new Promise<{ exitCode: number; signal?: number }>(resolve => {
      this.#pty.onExit(resolve)
    })
    await this.#tree.killRest()
    return signal ? 128 + signal : exitCode
  }
}

/** So that it can be opened by name, as `/dev/stdout` is. */
function giveTerminal(pid: number, uid: number): void {
  try {
    chownSync(`/proc/${pid}/fd/0`, uid, uid)
  } catch {
    // It has ended already.
  }
}
