import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Program } from '../isolation/launcher.ts'
import { sendSignal } from '../process-tree.ts'
import { sandboxedGroup } from './child.ts'
import { exitCodeOfSignal, type SessionProcess } from './session.ts'
import { SessionTree } from './session-tree.ts'
import type { KeeperState } from './state.ts'

export interface SessionProcessOptions {
  readonly id: string
  readonly program: Program
  readonly state: KeeperState
  readonly isSandboxed: boolean
}

/** A session without a terminal: three pipes. */
export class PipeProcess implements SessionProcess {
  readonly exited: Promise<number>
  readonly #child: ChildProcess
  readonly #tree: SessionTree
  readonly #isSandboxed: boolean

  constructor({ id, isSandboxed, program, state }: SessionProcessOptions) {
    const { args, cwd, env, file } = program
    this.#isSandboxed = isSandboxed
    this.#child = spawn(file, args, { cwd, detached: true, env, stdio: ['pipe', 'pipe', 'pipe'] })
    this.#tree = new SessionTree(id, this.#child.pid, state)
    // A process that closes its input early is no failure of ours.
    this.#child.stdin?.on('error', () => {})
    this.exited = this.#follow()
  }

  onOutput(take: (stream: 'stdout' | 'stderr', data: Buffer) => void): void {
    this.#child.stdout?.on('data', (data: Buffer) => take('stdout', data))
    this.#child.stderr?.on('data', (data: Buffer) => take('stderr', data))
  }

  pauseOutput(): void {
    this.#child.stdout?.pause()
    this.#child.stderr?.pause()
  }

  resumeOutput(): void {
    this.#child.stdout?.resume()
    this.#child.stderr?.resume()
  }

  write(data: Uint8Array): boolean {
    const { stdin } = this.#child
    return !stdin?.writable || stdin.write(data)
  }

  async drained(): Promise<void> {
    const { stdin } = this.#child
    if (!stdin || stdin.destroyed) return
    await Promise.race([once(stdin, 'drain'), once(stdin, 'close')]).catch(() => undefined)
  }

  endInput(): void {
    this.#child.stdin?.end()
  }

  /** Without a terminal there is no size. */
  resize(): void {}

  signal(name: NodeJS.Signals): void {
    const { pid } = this.#child
    if (pid === undefined) return
    const group = this.#isSandboxed ? sandboxedGroup(pid) : pid
    if (group !== undefined) sendSignal(-group, name)
  }

  async end(): Promise<void> {
    this.signal('SIGHUP')
    await this.#tree.kill(this.exited)
  }

  async #follow(): Promise<number> {
    const closed = once(this.#child, 'close').catch(() => undefined)
    const failed = once(this.#child, 'error').then(() => [127, null] as const)
    const [code, signal]: readonly unknown[] = await Promise.race([once(this.#child, 'exit'), failed])
    await this.#tree.killRest()
    await closed
    return typeof signal === 'string' ? exitCodeOfSignal(signal) : typeof code === 'number' ? code : 255
  }
}
