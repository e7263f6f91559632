import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Clock } from '../../../../core/clock.ts'
import type { InstanceState } from '../../../../core/model.ts'
import { toErrorDocument } from '../../../../core/errors.ts'
import type { EngineInstance, LaunchSpec, ServiceState } from '../../port.ts'
import { execCommand, serviceCommand } from '../isolation/command-line.ts'
import type { Launcher, Surroundings } from '../isolation/launcher.ts'
import { killTree } from '../process-tree.ts'
import { BackOff } from './back-off.ts'
import { Child, type ChildExit } from './child.ts'
import { EndpointFinder } from './endpoint.ts'
import { Hold } from './hold.ts'
import type { KeeperLog, LineOrigin } from './log.ts'
import type { OutputStream } from './output-pipe.ts'
import { formatEndpoint } from './probe-check.ts'
import { watchHealth } from './probes.ts'
import { type KeeperState, serviceHash } from './state.ts'
import type { Usage } from './usage.ts'

const LAST_LINES = 20

export interface InstanceDeps {
  readonly launcher: Launcher
  readonly state: KeeperState
  readonly log: KeeperLog
  readonly clock: Clock
  readonly isSandboxed: boolean
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

/** One place for a running copy of a service: starts it, watches it, starts it again until it is stopped. */
export class Instance {
  readonly slot: Slot
  readonly hash: string
  readonly id: string
  /** Of the latest desired state that wants it as it is. */
  generation: number
  readonly #spec: ServiceState
  readonly #deps: InstanceDeps
  readonly #stopped = new AbortController()
  readonly #backOff = new BackOff()
  readonly #lastLines: string[] = []
  readonly #hold: Hold
  readonly #loop: Promise<void>
  #graceMs: number
  #phase: InstanceState = 'starting'
  #child: Child | undefined
  #surroundings: Surroundings | undefined
  #endpoint: EndpointFinder | undefined
  #startedAt: number | undefined
  #restarts = 0
  #exitCode: number | undefined
  #usage: Usage | undefined

  constructor(slot: Slot, { generation, spec }: WantedService, deps: InstanceDeps) {
    this.slot = slot
    this.generation = generation
    this.id = `${slot.service}.${slot.ordinal}`
    this.hash = serviceHash(spec)
    this.#spec = spec
    this.#deps = deps
    this.#graceMs = spec.graceMs
    this.#hold = new Hold(() => deps.clock.now())
    this.#loop = this.#run()
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
    return this.#child?.pid
  }

  /** Where it runs now; undefined between two runs. */
  get surroundings(): Surroundings | undefined {
    return this.#surroundings
  }

  set graceMs(ms: number) {
    this.#graceMs = ms
  }

  set usage(usage: Usage | undefined) {
    this.#usage = usage
  }

  /** Stops its processes where they are until `thaw` was called as often; nothing is started meanwhile. False: it goes on. */
  async freeze(): Promise<boolean> {
    this.#hold.begin()
    return (await this.#child?.freeze()) ?? true
  }

  thaw(): void {
    this.#child?.thaw()
    this.#hold.end()
  }

  /** Ends it for good, first gracefully. Resolves when nothing of it is left. */
  async stop(): Promise<void> {
    if (!this.#stopped.signal.aborted) {
      this.#stopped.abort()
      if (this.#child) this.#enter('stopping')
      await this.#child?.terminate(this.#graceMs)
    }
    await this.#loop
  }

  view(): EngineInstance {
    const endpoint = this.#endpoint?.current
    const isDown = this.#phase === 'backing-off' || this.#phase === 'failed'
    return {
      appDirectory: this.#surroundings?.appDirectory,
      cpuPercent: this.#usage?.cpuPercent,
      endpoint: endpoint && formatEndpoint(endpoint),
      exitCode: this.#exitCode,
      generation: this.generation,
      id: this.id,
      lastLines: isDown ? [...this.#lastLines] : undefined,
      memoryBytes: this.#usage?.memoryBytes,
      pid: this.pid,
      release: this.slot.release,
      restarts: this.#restarts,
      service: this.slot.service,
      startedAt: this.#startedAt === undefined ? undefined : new Date(this.#startedAt).toISOString(),
      state: this.#phase,
    }
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopped
    while (!signal.aborted) {
      const begun = this.#deps.clock.now()
      await this.#runOnce()
      if (signal.aborted) break
      const pause = this.#backOff.next(this.#deps.clock.now() - begun)
      this.#enter(this.#backOff.hasFailed ? 'failed' : 'backing-off')
      if (pause > 0) this.#notice(`restarting in ${pause / 1000} s`, 'warning')
      await this.#deps.clock.sleep(pause, signal).catch(() => undefined)
      this.#restarts++
    }
    this.#enter('stopped')
  }

  /** From start to end of the process; whatever goes wrong before counts as a crash. */
  async #runOnce(): Promise<void> {
    const ended = new AbortController()
    try {
      this.#enter('starting')
      const child = await this.#start()
      if (!child) return
      const watching = this.#watch(child, ended.signal)
      const exit = await child.exited
      ended.abort()
      await watching
      this.#reportExit(exit)
    } catch (error) {
      this.#lastLines.push(toErrorDocument(error).message)
      this.#notice(`could not be started: ${toErrorDocument(error).message}`, 'error')
    } finally {
      ended.abort()
      this.#child = undefined
      await this.#surroundings?.dispose()
      this.#surroundings = undefined
      this.#usage = undefined
    }
  }

  async #start(): Promise<Child | undefined> {
    const { clock, isSandboxed, launcher, log, state } = this.#deps
    const { launch, preStart } = this.#spec
    const port = launch.listen?.family === 'tcp' ? await this.#claimPort() : undefined
    const marker = `${state.environment}/${slotKey(this.slot)}`
    const surroundings = await launcher.prepare({ instance: this.id, launch, marker, port })
    this.#surroundings = surroundings
    await this.#hold.released(this.#stopped.signal).catch(() => undefined)
    if (this.#stopped.signal.aborted) return undefined
    const child = new Child({
      isSandboxed,
      key: slotKey(this.slot),
      marker,
      onLines: (stream, lines) => this.#takeLines(stream, lines),
      program: surroundings.program(serviceCommand(launch.command, preStart)),
      state,
    })
    this.#child = child
    this.#startedAt = clock.now()
    this.#endpoint = new EndpointFinder({
      listen: launch.listen,
      now: () => clock.now(),
      onElsewhere: other => this.#notice(`listens on port ${other}, not on PORT (${port}): using ${other}`, 'warning'),
      pid: child.pid ?? 0,
      port,
      socket: surroundings.socket,
    })
    log.notice(this.#origin, `started${child.pid === undefined ? '' : ` (pid ${child.pid})`}`)
    this.#deps.onChange()
    return child
  }

  async #claimPort(): Promise<number> {
    const { port, takenBefore } = await this.#deps.state.claimPort(slotKey(this.slot))
    if (takenBefore !== undefined)
      this.#notice(`port ${takenBefore} is in use by another program: using ${port}`, 'warning')
    return port
  }

  async #watch(child: Child, signal: AbortSignal): Promise<void> {
    const { clock } = this.#deps
    const endpoint = this.#endpoint
    const { launch, probes } = this.#spec
    if (!endpoint) return
    const onUnhealthy = (reason: string): void => {
      this.#notice(`${reason}: restarting`, 'error')
      this.#enter('unhealthy')
      void child.terminate(this.#graceMs)
    }
    const either = AbortSignal.any([signal, this.#stopped.signal])
    await watchHealth(
      {
        accepts: launch.listen ? () => endpoint.accepts() : undefined,
        clock,
        discover: () => endpoint.discover(),
        onReady: isReady => this.#turn(isReady, signal),
        onUnhealthy,
        probes,
        released: () => this.#hold.released(either),
        target: {
          endpoint: () => endpoint.current,
          exec: (command, timeoutMs) => this.#execProbe(command, timeoutMs),
          expectedPort: launch.listen?.expectedPort,
        },
      },
      either,
    ).catch((error: unknown) => {
      if (!signal.aborted && !this.#stopped.signal.aborted) throw error
    })
  }

  #turn(isReady: boolean, signal: AbortSignal): void {
    if (signal.aborted) return
    if (!isReady) this.#notice('the readiness probe failed', 'warning')
    this.#enter(isReady ? 'ready' : 'unhealthy')
  }

  async #execProbe(command: readonly string[], timeoutMs: number): Promise<boolean> {
    const program = this.#surroundings?.program(execCommand(command))
    if (!program) return false
    const { args, cwd, env, file } = program
    const child = spawn(file, args, { cwd, detached: true, env, stdio: 'ignore' })
    const timer = setTimeout(() => void killTree({ root: child.pid }), timeoutMs)
    try {
      const [code]: unknown[] = await once(child, 'exit')
      return code === 0
    } catch {
      return false
    } finally {
      clearTimeout(timer)
    }
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
    this.#deps.onChange()
  }
}
