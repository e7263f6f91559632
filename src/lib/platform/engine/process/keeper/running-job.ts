import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { JobResult, JobSpec } from '../../port.ts'
import { isDiskFull } from '../../../../core/disk-errors.ts'
import type { Program } from '../isolation/launcher.ts'
import { Child } from './child.ts'
import type { OutputStream } from './output-pipe.ts'
import type { KeeperLog } from './log.ts'
import type { KeeperState } from './state.ts'
import type { StdioSockets } from './stdio-sockets.ts'

export interface RunningJobDeps {
  /** Made for this job. */
  readonly directory: string
  readonly program: Program
  readonly marker: string
  readonly state: KeeperState
  readonly log: KeeperLog
  readonly isSandboxed: boolean
  readonly sockets?: StdioSockets | undefined
  readonly onGrowth: () => void
}

/** Why a job is ended before its own end. */
export type EndReason = 'cancelled' | 'timed-out' | 'lost'

/** A job from its start to its result. */
export class RunningJob {
  /** Resolves when nothing of it is left and its lines are in the file; never rejects. */
  readonly result: Promise<JobResult>
  readonly #spec: JobSpec
  readonly #deps: RunningJobDeps
  readonly #file: number
  readonly #child: Child
  #growth = 0
  #size = 0
  #reason: EndReason | undefined

  constructor(spec: JobSpec, deps: RunningJobDeps) {
    const { directory, isSandboxed, marker, program, sockets, state } = deps
    this.#spec = spec
    this.#deps = deps
    this.#file = openSync(join(directory, 'lines.ndjson'), 'a', 0o600)
    this.#child = new Child({
      isSandboxed,
      key: `job/${spec.id}`,
      marker,
      onLines: (stream, lines) => this.#takeLines(stream, lines),
      program,
      sockets,
      state,
    })
    this.result = this.#follow()
  }

  /** Grows with its lines. */
  get growth(): number {
    return this.#growth
  }

  /** Gracefully, then by force; at once when its streams are lost: it must not take that for the end of its input. */
  async end(reason: EndReason): Promise<void> {
    this.#reason ??= reason
    await (reason === 'lost' ? this.#child.kill() : this.#child.terminate(this.#spec.graceMs))
    await this.result
  }

  get spec(): JobSpec {
    return this.#spec
  }

  freeze(): Promise<boolean> {
    return this.#child.freeze()
  }

  thaw(): void {
    this.#child.thaw()
  }

  async #follow(): Promise<JobResult> {
    const timer = setTimeout(() => void this.end('timed-out'), Math.min(this.#spec.timeoutMs, 2 ** 31 - 1))
    const exit = await this.#child.exited
    clearTimeout(timer)
    closeSync(this.#file)
    return this.#reason ? { kind: this.#reason } : exit
  }

  /** Lines that a full disk does not take are lost, whole ones; the job goes on to its end. */
  #write(text: string): void {
    const bytes = Buffer.from(text)
    const start = this.#size
    try {
      for (let offset = 0; offset < bytes.length;) offset += writeSync(this.#file, bytes, offset)
      this.#size += bytes.length
    } catch (error) {
      if (!isDiskFull(error)) throw error
      ftruncateSync(this.#file, start)
    }
  }

  #takeLines(stream: OutputStream, lines: readonly string[]): Promise<void> {
    const at = new Date().toISOString()
    this.#write(lines.map(text => `${JSON.stringify({ line: { at, stream, text } })}\n`).join(''))
    this.#growth++
    this.#deps.onGrowth()
    return this.#deps.log.lines(this.#spec.log, stream, lines)
  }
}
