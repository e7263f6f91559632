import { toErrorDocument } from '../../../../core/errors.ts'
import type { InstanceState } from '../../../../core/model.ts'
import type { EngineInstance, LaunchSpec, ServiceState } from '../../port.ts'
import type { Surroundings } from '../isolation/launcher.ts'
import { BackOff } from './back-off.ts'
import type { ChildExit } from './child.ts'
import { Hold } from './hold.ts'
import type { KeeperLog, LineOrigin } from './log.ts'
import type { OutputStream } from './output-pipe.ts'
import { formatEndpoint } from './probe-check.ts'
import { Run, type RunDeps } from './run.ts'
import { serviceHash } from './state.ts'
import type { Usage } from './usage.ts'

const LAST_LINES = 20

export interface InstanceDeps extends RunDeps {
  readonly log: KeeperLog
  readonly onChange: () => void
}

export interface Slot {
  readonly release: string
  readonly service: string
  readonly ordinal: number
}

export interface WantedService {
  readonly spec: ServiceState
  readonly generation: number
}

/** `dep_1/web.2`: what endpoint, port and records of an instance hang on. */
export function slotKey({ ordinal, release, service }: Slot): string {
  return `${release}/${service}.${ordinal}`
}

/** One place for a running copy of a service: starts it, and again whenever it ends, until it is stopped. */
export class Instance {
  readonly slot: Slot
  readonly hash: string
  readonly id: string
  /** Of the latest desired state that wants it as it is. */
  generation: number
  graceMs: number
  usage: Usage | undefined
  readonly #spec: ServiceState
  readonly #deps: InstanceDeps
  readonly #stopped = new AbortController()
  readonly #backOff = new BackOff()
  readonly #lastLines: string[] = []
  readonly #hold: Hold
  readonly #loop: Promise<void>
  #phase: InstanceState = 'starting'
  #run: Run
  #restarts = 0
  #exitCode: number | undefined
  #isRecovering = false

  constructor(slot: Slot, { generation, spec }: WantedService, deps: InstanceDeps) {
    this.slot = slot
    this.generation = generation
    this.graceMs = spec.graceMs
    this.id = `${slot.service}.${slot.ordinal}`
    this.hash = serviceHash(spec)
    this.#spec = spec
    this.#deps = deps
    this.#hold = new Hold(() => deps.clock.now())
    this.#run = this.#newRun()
    this.#loop = this.#keepRunning()
  }

  get state(): InstanceState {
    return this.#phase
  }

  get kind(): ServiceState['kind'] {
    return this.#spec.kind
  }

  get launch(): LaunchSpec {
    return this.#spec.launch
  }

  get pid(): number | undefined {
    return this.#run.pid
  }

  /** Where it runs now; undefined between two runs. */
  get surroundings(): Surroundings | undefined {
    return this.#run.surroundings
  }

  /** Stops its processes where they are until `thaw` was called as often; nothing is started meanwhile. False: it goes on. */
  freeze(): Promise<boolean> {
    this.#hold.begin()
    return this.#run.freeze()
  }

  thaw(): void {
    this.#run.thaw()
    this.#hold.end()
  }

  /** Ends it for good, first gracefully. Resolves when nothing of it is left. */
  async stop(): Promise<void> {
    if (!this.#stopped.signal.aborted) {
      this.#stopped.abort()
      if (this.#run.isUnderWay) this.#enter('stopping')
      await this.#run.terminate()
    }
    await this.#loop
  }

  view(): EngineInstance {
    const { endpoint, pid, startedAt, surroundings } = this.#run
    const isDown = this.#phase === 'backing-off' || this.#phase === 'failed'
    return {
      appDirectory: surroundings?.appDirectory,
      cpuPercent: this.usage?.cpuPercent,
      endpoint: endpoint && formatEndpoint(endpoint),
      exitCode: this.#exitCode,
      generation: this.generation,
      id: this.id,
      isRecovering: this.#isRecovering || undefined,
      lastLines: isDown ? [...this.#lastLines] : undefined,
      memoryBytes: this.usage?.memoryBytes,
      pid,
      release: this.slot.release,
      restarts: this.#restarts,
      service: this.slot.service,
      startedAt: startedAt === undefined ? undefined : new Date(startedAt).toISOString(),
      state: this.#phase,
    }
  }

  async #keepRunning(): Promise<void> {
    const { clock } = this.#deps
    const { signal } = this.#stopped
    while (!signal.aborted) {
      const begun = clock.now()
      await this.#runOnce()
      if (signal.aborted) break
      const pause = this.#backOff.next(clock.now() - begun)
      this.#enter(this.#backOff.hasFailed ? 'failed' : 'backing-off')
      if (pause > 0) this.#notice(`restarting in ${pause / 1000} s`, 'warning')
      await clock.sleep(pause, signal).catch(() => undefined)
      this.#restarts++
      this.#run = this.#newRun()
    }
    this.#enter('stopped')
  }

  /** Whatever goes wrong before there is a process counts as a crash. */
  async #runOnce(): Promise<void> {
    this.#enter('starting')
    try {
      const exit = await this.#run.toEnd()
      if (exit) this.#reportExit(exit)
    } catch (error) {
      const { message } = toErrorDocument(error)
      this.#lastLines.push(message)
      this.#notice(`could not be started: ${message}`, 'error')
    } finally {
      this.usage = undefined
    }
  }

  #newRun(): Run {
    return new Run(this.#deps, {
      graceMs: () => this.graceMs,
      hold: this.#hold,
      id: this.id,
      key: slotKey(this.slot),
      onLines: (stream, lines) => this.#takeLines(stream, lines),
      onNotice: (message, level) => this.#notice(message, level),
      onRecovering: isRecovering => this.#tellRecovery(isRecovering),
      onStarted: () => this.#started(),
      onState: state => this.#enter(state),
      spec: this.#spec,
      stopped: this.#stopped.signal,
    })
  }

  #started(): void {
    const { pid } = this
    this.#deps.log.notice(this.#origin, `started${pid === undefined ? '' : ` (pid ${pid})`}`)
    this.#deps.onChange()
  }

  #tellRecovery(isRecovering: boolean): void {
    const { clock } = this.#deps
    const seconds = Math.round((clock.now() - (this.#run.startedAt ?? clock.now())) / 1000)
    if (isRecovering) this.#notice(`has been recovering its data for ${seconds} s; it is left to it`, 'warning')
    if (isRecovering === this.#isRecovering) return
    this.#isRecovering = isRecovering
    this.#deps.onChange()
  }

  #takeLines(stream: OutputStream, lines: readonly string[]): Promise<void> {
    this.#lastLines.push(...lines.slice(-LAST_LINES))
    this.#lastLines.splice(0, this.#lastLines.length - LAST_LINES)
    return this.#deps.log.lines(this.#origin, stream, lines)
  }

  #reportExit(exit: ChildExit): void {
    this.#exitCode = exit.kind === 'exited' ? exit.exitCode : undefined
    const how = exit.kind === 'exited' ? `exited with code ${exit.exitCode}` : `was killed by ${exit.signal}`
    this.#notice(how, this.#stopped.signal.aborted ? 'info' : 'warning')
  }

  #notice(message: string, level: 'info' | 'warning' | 'error'): void {
    this.#deps.log.notice(this.#origin, message, level)
  }

  get #origin(): LineOrigin {
    return { instance: this.id, service: this.slot.service, source: 'app' }
  }

  #enter(state: InstanceState): void {
    if (this.#phase === state) return
    if (this.#stopped.signal.aborted && state !== 'stopping' && state !== 'stopped') return
    this.#phase = state
    this.#isRecovering = false
    this.#deps.onChange()
  }
}
