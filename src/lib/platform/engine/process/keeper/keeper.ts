import { EventEmitter } from 'node:events'
import { mkdirSync, rmSync } from 'node:fs'
import type { Server } from 'node:http'
import { systemClock } from '../../../../core/clock.ts'
import type { Layout } from '../../../layout.ts'
import { Launcher } from '../isolation/launcher.ts'
import type { Isolation } from '../isolation/probe.ts'
import type { Secrets } from '../../../../secrets/seal.ts'
import { KEEPER_PROTOCOL, type KeeperStatus } from '../messages.ts'
import { identify, isAlive, killTree } from '../process-tree.ts'
import { Freezes } from './freezes.ts'
import { Jobs } from './jobs.ts'
import { releaseLock } from './lock.ts'
import { KeeperLog } from './log.ts'
import { createKeeperServer } from './server.ts'
import { Sessions } from './sessions.ts'
import { KeeperState } from './state.ts'
import { Supervisor } from './supervisor.ts'
import { Volumes } from './volumes.ts'

export interface KeeperOptions {
  readonly layout: Layout
  readonly environment: string
  readonly isolation: Isolation
  /** The environment's own user, where there is one. */
  readonly uid?: number | undefined
  readonly version: string
  /** Seals what it writes down. */
  readonly secrets: Secrets
  /** With nothing to do for this long it ends itself. */
  readonly idleMs: number
}

/** The process that owns what runs for one environment. */
export class Keeper {
  readonly #options: KeeperOptions
  readonly #state: KeeperState
  readonly #log: KeeperLog
  readonly #changes = new EventEmitter().setMaxListeners(0)
  readonly #launcher: Launcher
  readonly #supervisor: Supervisor
  readonly #jobs: Jobs
  readonly #sessions: Sessions
  readonly #volumes: Volumes
  readonly #server: Server
  #idleSince = Date.now()
  #idleTimer: NodeJS.Timeout | undefined
  #ending: Promise<void> | undefined

  constructor(options: KeeperOptions) {
    const { environment, isolation, layout, secrets } = options
    this.#options = options
    this.#state = new KeeperState({ directory: layout.keeper(environment), environment, secrets })
    this.#log = new KeeperLog(layout.logs(environment))
    this.#launcher = new Launcher({ environment, isolation, layout, uid: options.uid })
    const shared = {
      isSandboxed: isolation.level === 'namespaces',
      launcher: this.#launcher,
      log: this.#log,
      state: this.#state,
    }
    this.#supervisor = new Supervisor({ ...shared, clock: systemClock, onChange: () => this.#changes.emit('change') })
    this.#jobs = new Jobs(shared)
    this.#sessions = new Sessions({ ...shared, supervisor: this.#supervisor, uid: options.uid })
    this.#volumes = new Volumes({
      environment,
      jobs: this.#jobs,
      layout,
      owner: options.uid,
      supervisor: this.#supervisor,
    })
    this.#server = createKeeperServer({
      changes: {
        subscribe: listener => {
          this.#changes.on('change', listener)
          return () => this.#changes.off('change', listener)
        },
      },
      freezes: new Freezes({ jobs: this.#jobs, supervisor: this.#supervisor }),
      jobs: this.#jobs,
      sessions: this.#sessions,
      shutdown: () => this.close(),
      state: this.#state,
      status: () => this.#status(),
      supervisor: this.#supervisor,
      volumes: this.#volumes,
    })
  }

  /** Ends what a keeper before left, starts the desired state, then listens. @throws failed.isolation */
  async start(): Promise<void> {
    await this.#clearLeftovers()
    await this.#launcher.prepareHome()
    await this.#volumes.recover()
    this.#supervisor.apply(this.#state.desired)
    await this.#listen()
    this.#server.on('request', () => (this.#idleSince = Date.now()))
    this.#idleSince = Date.now()
    this.#idleTimer = setInterval(() => this.#checkIdle(), Math.min(this.#options.idleMs / 4, 5000))
  }

  /** Stops all instances, jobs and sessions, then lets the process end. */
  close(): Promise<void> {
    this.#ending ??= this.#close()
    return this.#ending
  }

  async #close(): Promise<void> {
    const { environment, layout } = this.#options
    clearInterval(this.#idleTimer)
    // Whoever calls from here on has to find the next keeper, not this one.
    rmSync(layout.keeperSocket(environment), { force: true })
    this.#server.close()
    await Promise.all([this.#supervisor.close(), this.#jobs.close(), this.#sessions.close(), this.#volumes.close()])
    await this.#log.close()
    releaseLock(this.#state.directory)
    setImmediate(() => this.#server.closeAllConnections())
  }

  /** So that nothing runs twice: recorded processes, everything that carries the environment's mark, all of its user. */
  async #clearLeftovers(): Promise<void> {
    const { environment, isolation } = this.#options
    // In namespaces everything dies with the keeper; elsewhere an application may have got rid of the mark.
    const uid = isolation.level === 'user' ? this.#options.uid : undefined
    const recorded = this.#state.children.filter(child => isAlive(child))
    await Promise.all(recorded.map(({ pid }) => killTree({ root: pid })))
    await killTree({ marker: `ALOFT_INSTANCE=${environment}/`, uid })
    this.#state.forgetAllChildren()
    if (recorded.length > 0)
      this.#log.notice({ source: 'app' }, 'the keeper was lost: starting everything again', 'warning')
  }

  async #listen(): Promise<void> {
    const { environment, layout } = this.#options
    const path = layout.keeperSocket(environment)
    mkdirSync(layout.home.runtime, { mode: 0o700, recursive: true })
    rmSync(path, { force: true })
    const before = process.umask(0o177)
    try {
      await new Promise<void>((resolve, reject) => {
        this.#server.once('error', reject)
        this.#server.listen(path, resolve)
      })
    } finally {
      process.umask(before)
    }
  }

  #status(): KeeperStatus {
    const identity = identify(process.pid)
    return {
      bootId: identity?.bootId ?? '',
      generation: this.#state.desired.generation,
      instances: this.#supervisor.views().length,
      jobs: this.#jobs.active,
      pid: process.pid,
      protocol: KEEPER_PROTOCOL,
      sessions: this.#sessions.active,
      startTime: identity?.startTime ?? '',
      version: this.#options.version,
    }
  }

  #checkIdle(): void {
    const isIdle = this.#supervisor.isIdle && this.#jobs.active + this.#sessions.active + this.#volumes.active === 0
    if (!isIdle) this.#idleSince = Date.now()
    else if (Date.now() - this.#idleSince >= this.#options.idleMs) void this.close()
  }
}
