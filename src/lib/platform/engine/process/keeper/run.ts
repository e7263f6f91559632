import type { Clock } from '../../../../core/clock.ts'
import type { InstanceState } from '../../../../core/model.ts'
import type { ServiceState } from '../../port.ts'
import { execCommand, serviceCommand } from '../isolation/command-line.ts'
import type { Launcher, Surroundings } from '../isolation/launcher.ts'
import { Child, type ChildExit } from './child.ts'
import { EndpointFinder } from './endpoint.ts'
import { execProbe } from './exec-probe.ts'
import type { Hold } from './hold.ts'
import type { OutputStream } from './output-pipe.ts'
import type { Endpoint } from './probe-check.ts'
import { watchHealth } from './probes.ts'
import type { KeeperState } from './state.ts'

const RECOVERY_TIMEOUT_MS = 5000

export interface RunDeps {
  readonly launcher: Launcher
  readonly state: KeeperState
  readonly clock: Clock
  readonly isSandboxed: boolean
}

export interface RunOptions {
  /** Of the instance; `key` is what its port and its records hang on. */
  readonly id: string
  readonly key: string
  readonly spec: ServiceState
  /** While it lasts nothing is started or judged. */
  readonly hold: Hold
  /** Aborts when the instance is stopped for good. */
  readonly stopped: AbortSignal
  readonly graceMs: () => number
  readonly onLines: (stream: OutputStream, lines: readonly string[]) => Promise<void>
  readonly onNotice: (message: string, level: 'error' | 'info' | 'warning') => void
  readonly onState: (state: InstanceState) => void
  /** Told each time that it was asked. */
  readonly onRecovering: (isRecovering: boolean) => void
  /** It has a process and a place to listen at. */
  readonly onStarted: () => void
}

/** One run of an instance: from its surroundings to the end of its processes, with its health watched meanwhile. */
export class Run {
  readonly #deps: RunDeps
  readonly #options: RunOptions
  #surroundings: Surroundings | undefined
  #child: Child | undefined
  #endpoint: EndpointFinder | undefined
  #startedAt: number | undefined

  constructor(deps: RunDeps, options: RunOptions) {
    this.#deps = deps
    this.#options = options
  }

  get pid(): number | undefined {
    return this.#child?.pid
  }

  /** It has a process. */
  get isUnderWay(): boolean {
    return this.#child !== undefined
  }

  /** Where it runs; undefined before and after. */
  get surroundings(): Surroundings | undefined {
    return this.#surroundings
  }

  /** Where it listens, or did. */
  get endpoint(): Endpoint | undefined {
    return this.#endpoint?.current
  }

  /** Milliseconds since the epoch. */
  get startedAt(): number | undefined {
    return this.#startedAt
  }

  /** Stops its processes where they are until `thaw` was called as often. False: they go on. */
  async freeze(): Promise<boolean> {
    return (await this.#child?.freeze()) ?? true
  }

  thaw(): void {
    this.#child?.thaw()
  }

  /** Ends its processes, first gracefully. */
  async terminate(): Promise<void> {
    await this.#child?.terminate(this.#options.graceMs())
  }

  /** Resolves when nothing of it is left; with nothing when it was stopped before it began. Rejects when it cannot be started. */
  async toEnd(): Promise<ChildExit | undefined> {
    const ended = new AbortController()
    try {
      const child = await this.#start()
      if (!child) return undefined
      const watching = this.#watch(child, ended.signal)
      const exit = await child.exited
      ended.abort()
      await watching
      return exit
    } finally {
      ended.abort()
      this.#child = undefined
      await this.#surroundings?.dispose()
      this.#surroundings = undefined
    }
  }

  async #start(): Promise<Child | undefined> {
    const { clock, isSandboxed, launcher, state } = this.#deps
    const { hold, id, key, onLines, onStarted, spec, stopped } = this.#options
    const { launch, preStart } = spec
    const port = launch.listen?.family === 'tcp' ? await this.#claimPort() : undefined
    const marker = `${state.environment}/${key}`
    const surroundings = await launcher.prepare({ instance: id, launch, marker, port })
    this.#surroundings = surroundings
    await hold.released(stopped).catch(() => undefined)
    if (stopped.aborted) return undefined
    const program = surroundings.program(serviceCommand(launch.command, preStart))
    const child = new Child({ isSandboxed, key, marker, onLines, program, state })
    this.#child = child
    this.#startedAt = clock.now()
    this.#endpoint = this.#findEndpoint(child, port, surroundings.socket)
    onStarted()
    return child
  }

  async #claimPort(): Promise<number> {
    const { key, onNotice } = this.#options
    const { port, takenBefore } = await this.#deps.state.claimPort(key)
    if (takenBefore !== undefined)
      onNotice(`port ${takenBefore} is in use by another program: using ${port}`, 'warning')
    return port
  }

  #findEndpoint({ pid = 0 }: Child, port: number | undefined, socket: string | undefined): EndpointFinder {
    const { onNotice, spec } = this.#options
    return new EndpointFinder({
      listen: spec.launch.listen,
      now: () => this.#deps.clock.now(),
      onElsewhere: other => onNotice(`listens on port ${other}, not on PORT (${port}): using ${other}`, 'warning'),
      pid,
      port,
      socket,
    })
  }

  async #watch(child: Child, ended: AbortSignal): Promise<void> {
    const endpoint = this.#endpoint
    if (!endpoint) return
    const { hold, spec, stopped } = this.#options
    const { launch, probes, recovering } = spec
    const signal = AbortSignal.any([ended, stopped])
    await watchHealth(
      {
        accepts: launch.listen ? () => endpoint.accepts() : undefined,
        clock: this.#deps.clock,
        discover: () => endpoint.discover(),
        onReady: isReady => this.#turn(isReady, ended),
        onUnhealthy: reason => this.#giveUp(child, reason),
        probes,
        recovers: recovering && (() => this.#recovers(recovering)),
        released: () => hold.released(signal),
        target: {
          endpoint: () => endpoint.current,
          exec: (command, timeoutMs) => this.#execProbe(command, timeoutMs),
          expectedPort: launch.listen?.expectedPort,
        },
      },
      signal,
    ).catch((error: unknown) => {
      if (!signal.aborted) throw error
    })
  }

  #turn(isReady: boolean, ended: AbortSignal): void {
    if (ended.aborted) return
    if (!isReady) this.#options.onNotice('the readiness probe failed', 'warning')
    this.#options.onState(isReady ? 'ready' : 'unhealthy')
  }

  #giveUp(child: Child, reason: string): void {
    const { graceMs, onNotice, onState } = this.#options
    onNotice(`${reason}: restarting`, 'error')
    onState('unhealthy')
    void child.terminate(graceMs())
  }

  async #recovers(command: readonly string[]): Promise<boolean> {
    const isRecovering = await this.#execProbe(command, RECOVERY_TIMEOUT_MS)
    this.#options.onRecovering(isRecovering)
    return isRecovering
  }

  async #execProbe(command: readonly string[], timeoutMs: number): Promise<boolean> {
    const program = this.#surroundings?.program(execCommand(command))
    return program ? execProbe(program, timeoutMs) : false
  }
}
