import { EventEmitter, once } from 'node:events'
import { mkdirSync, readdirSync } from 'node:fs'
import { open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import writeFileAtomic from 'write-file-atomic'
import * as z from 'zod/mini'
import type { JobResult } from '../../port.ts'
import { isDiskFull } from '../../../../core/disk-errors.ts'
import { serviceCommand } from '../isolation/command-line.ts'
import type { Launcher, Surroundings } from '../isolation/launcher.ts'
import { type JobRequest, jobResultSchema } from '../messages.ts'
import type { KeeperLog } from './log.ts'
import { RunningJob } from './running-job.ts'
import { type KeeperState, readJson } from './state.ts'
import { connectStdio } from './stdio-sockets.ts'

/** Results are kept this long for whoever started the job, unless acknowledged. */
const KEPT_MS = 24 * 3_600_000
const READ_BYTES = 64 * 1024
/** Between two attempts to write to a full disk. */
const RETRY_MS = 1000

const recordSchema = z.object({ finishedAt: z.number(), result: jobResultSchema })

export interface JobsDeps {
  readonly launcher: Launcher
  readonly state: KeeperState
  readonly log: KeeperLog
  readonly isSandboxed: boolean
}

/**
 * Commands that run once. A job is a directory that is there before its process is: with `lines.ndjson`, and at the end
 * `result.json`. So an id that was ever started never starts again; one without a result was lost with its keeper.
 */
export class Jobs {
  readonly #deps: JobsDeps
  readonly #directory: string
  readonly #running = new Map<string, RunningJob>()
  readonly #starting = new Map<string, Promise<void>>()
  /** Results that a full disk did not take yet, by directory. */
  readonly #unwritten = new Map<string, JobResult>()
  readonly #growth = new EventEmitter().setMaxListeners(0)

  constructor(deps: JobsDeps) {
    this.#deps = deps
    this.#directory = join(deps.state.directory, 'jobs')
    mkdirSync(this.#directory, { mode: 0o700, recursive: true })
    for (const name of readdirSync(this.#directory)) this.#recover(join(this.#directory, name))
  }

  get active(): number {
    return this.#running.size + this.#starting.size
  }

  get running(): readonly RunningJob[] {
    return [...this.#running.values()]
  }

  /**
   * Starts the job unless its id is known; one with streams, which were another caller's, is then lost. Resolves when it
   * runs. @throws failed.start
   */
  async start(request: JobRequest): Promise<void> {
    const { id } = request.job
    const starting = this.#starting.get(id)
    if (starting || this.#running.has(id) || this.#isKnown(id)) return request.sockets ? this.#lose(id) : starting
    const begun = this.#begin(request).finally(() => this.#starting.delete(id))
    this.#starting.set(id, begun)
    return begun
  }

  /**
   * The job's events as JSON lines, without the first `after` lines of output, to its result. Reads only when asked for
   * more. Ends early when the signal aborts.
   */
  async *stream(id: string, after: number, signal: AbortSignal): AsyncGenerator<Buffer> {
    const file = await open(join(this.#path(id), 'lines.ndjson'), 'a+', 0o600)
    try {
      let [position, skip] = [0, after]
      while (!signal.aborted) {
        const job = this.#running.get(id)
        const seen = job?.growth
        const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(READ_BYTES), position })
        position += bytesRead
        const { rest, skipped } = skipLines(buffer.subarray(0, bytesRead), skip)
        skip -= skipped
        if (rest.length > 0) yield rest
        if (bytesRead > 0) continue
        if (!job) return yield this.#resultLine(id)
        if (job.growth === seen) await this.#untilGrowth(id, signal)
      }
    } finally {
      await file.close()
    }
  }

  /** Gracefully, then by force. Resolves when it has ended. */
  async cancel(id: string): Promise<void> {
    await this.#starting.get(id)?.catch(() => undefined)
    await this.#running.get(id)?.end('cancelled')
  }

  /** Ends a job whose streams have lost their caller. */
  async abandon(id: string): Promise<void> {
    await this.#starting.get(id)?.catch(() => undefined)
    await this.#running.get(id)?.end('lost')
  }

  async acknowledge(id: string): Promise<void> {
    if (this.#running.has(id)) return
    this.#unwritten.delete(this.#path(id))
    await rm(this.#path(id), { force: true, recursive: true })
  }

  async close(): Promise<void> {
    await Promise.all([...this.#running.keys()].map(id => this.cancel(id)))
  }

  /** Whatever has become of it, the bytes are not with who asks now. */
  async #lose(id: string): Promise<void> {
    await this.#starting.get(id)
    await this.abandon(id)
    while (this.#running.has(id)) await once(this.#growth, id)
    this.#conclude(this.#path(id), { kind: 'lost' })
  }

  async #begin({ job: spec, sockets: paths }: JobRequest): Promise<void> {
    const { isSandboxed, launcher, log, state } = this.#deps
    const { launch, writable } = spec
    const marker = `${state.environment}/job/${encodeURIComponent(spec.id)}`
    const { instance = `${spec.log.service ?? 'job'}.1` } = spec
    const surroundings = await launcher.prepare({ instance, launch, marker, writable })
    const directory = this.#path(spec.id)
    mkdirSync(directory, { mode: 0o700 })
    const sockets = paths && (await connectStdio(paths).catch(() => undefined))
    if (paths && !sockets) {
      await surroundings.dispose()
      return this.#conclude(directory, { kind: 'lost' })
    }
    const job = new RunningJob(spec, {
      directory,
      isSandboxed,
      log,
      marker,
      onGrowth: () => this.#growth.emit(spec.id),
      program: surroundings.program(serviceCommand(launch.command)),
      sockets,
      state,
    })
    this.#running.set(spec.id, job)
    void this.#finish(spec.id, job, surroundings)
  }

  async #finish(id: string, job: RunningJob, surroundings: Surroundings): Promise<void> {
    const result = await job.result
    await surroundings.dispose()
    this.#conclude(this.#path(id), result)
    this.#running.delete(id)
    this.#growth.emit(id)
  }

  /** What a keeper before this one left: what has no result is lost, what is old goes. */
  #recover(directory: string): void {
    const record = readJson(join(directory, 'result.json'), recordSchema)
    if (!record) this.#conclude(directory, { kind: 'lost' })
    else this.#expire(directory, record.finishedAt)
  }

  #conclude(directory: string, result: JobResult): void {
    const finishedAt = Date.now()
    try {
      writeFileAtomic.sync(join(directory, 'result.json'), JSON.stringify({ finishedAt, result }), { mode: 0o600 })
      this.#unwritten.delete(directory)
    } catch (error) {
      if (!isDiskFull(error)) throw error
      this.#unwritten.set(directory, result)
      setTimeout(() => this.#unwritten.has(directory) && this.#conclude(directory, result), RETRY_MS).unref()
      return
    }
    this.#expire(directory, finishedAt)
  }

  #expire(directory: string, finishedAt: number): void {
    const remove = (): void => void rm(directory, { force: true, recursive: true }).catch(() => undefined)
    setTimeout(remove, Math.max(0, finishedAt + KEPT_MS - Date.now())).unref()
  }

  #isKnown(id: string): boolean {
    return readdirSync(this.#directory).includes(encodeURIComponent(id))
  }

  #resultLine(id: string): Buffer {
    const result =
      this.#unwritten.get(this.#path(id)) ?? readJson(join(this.#path(id), 'result.json'), recordSchema)?.result
    return Buffer.from(`${JSON.stringify({ result: result ?? { kind: 'lost' } })}\n`)
  }

  /** Until it prints more or has ended. */
  async #untilGrowth(id: string, signal: AbortSignal): Promise<void> {
    if (this.#running.has(id)) await once(this.#growth, id, { signal }).catch(() => undefined)
  }

  #path(id: string): string {
    return join(this.#directory, encodeURIComponent(id))
  }
}

function skipLines(bytes: Buffer, wanted: number): { rest: Buffer; skipped: number } {
  let from = 0
  let skipped = 0
  while (skipped < wanted) {
    const end = bytes.indexOf(10, from)
    if (end === -1) return { rest: Buffer.alloc(0), skipped }
    from = end + 1
    skipped++
  }
  return { rest: bytes.subarray(from), skipped }
}
