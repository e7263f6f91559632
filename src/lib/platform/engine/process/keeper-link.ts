import { EventEmitter, once } from 'node:events'
import type * as z from 'zod/mini'
import { toErrorDocument } from '../../../core/errors.ts'
import type { EngineInstance } from '../port.ts'
import { callKeeper, type KeeperCall, streamKeeper } from './keeper-client.ts'
import { ensureKeeper, type KeeperProcessOptions } from './keeper-process.ts'
import { wantsKeeper } from './keeper/state.ts'
import { instancesSchema } from './messages.ts'

/** Pauses between attempts to bring a keeper back, ms. */
const RETRY_MS = [0, 100, 500, 1000]
const LONGEST_RETRY_MS = 5000

const ATTEMPTS = 3

/** What the engine needs of the platform's own log (pino has it). */
export interface EngineLog {
  info(details: object, message: string): void
  warn(details: object, message: string): void
}

/** The engine's connection to one keeper: found or started on demand, and brought back when it dies while it is needed. */
export class KeeperLink {
  readonly socket: string
  readonly #environment: string
  readonly #options: KeeperProcessOptions
  readonly #log: EngineLog
  readonly #closed = new AbortController()
  readonly #changes = new EventEmitter().setMaxListeners(0)
  #connecting: Promise<void> | undefined
  #isBringingBack = false
  #isConnected = false
  #latest: readonly EngineInstance[] = []
  #version = 0

  constructor(environment: string, options: KeeperProcessOptions, log: EngineLog) {
    this.#environment = environment
    this.#options = options
    this.#log = log
    this.socket = options.layout.keeperSocket(environment)
  }

  /** From the keeper's disk: true while instances should run. Never once this is closed. */
  get isWanted(): boolean {
    if (this.#closed.signal.aborted) return false
    const { layout, secrets } = this.#options
    const environment = this.#environment
    return wantsKeeper({ directory: layout.keeper(environment), environment, secrets })
  }

  get isConnected(): boolean {
    return this.#isConnected && !this.#closed.signal.aborted
  }

  /** Resolves when a keeper answers. @throws unavailable.keeper, failed.isolation */
  connect(): Promise<void> {
    if (this.#isConnected) return Promise.resolve()
    this.#connecting ??= this.#connect().finally(() => {
      this.#connecting = undefined
    })
    return this.#connecting
  }

  /** Connects while instances should run, however often it takes; resolves after the first attempt. */
  async keepUp(): Promise<void> {
    if (this.#isConnected || !this.isWanted) return
    try {
      await this.connect()
    } catch (error) {
      this.#warn(error)
      void this.#bringBack(1)
    }
  }

  /** As `callKeeper`; when the connection breaks, again with a keeper that is back. Only for calls that may be repeated. */
  async call<T>(call: KeeperCall, schema: z.ZodMiniType<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      await this.connect()
      try {
        return await callKeeper(this.socket, call, schema)
      } catch (error) {
        if (toErrorDocument(error).code !== 'unavailable.keeper' || attempt === ATTEMPTS) throw error
        this.#isConnected = false
      }
    }
  }

  /** The instances at once and after each change, until the signal aborts. */
  async *watch(signal: AbortSignal): AsyncGenerator<readonly EngineInstance[]> {
    const either = AbortSignal.any([signal, this.#closed.signal])
    await this.keepUp()
    for (let seen = -1; !either.aborted;) {
      if (seen === this.#version) {
        await once(this.#changes, 'change', { signal: either }).catch(() => undefined)
        continue
      }
      seen = this.#version
      const latest = this.#latest
      yield latest
    }
  }

  /** Marks a keeper that stopped answering as gone. */
  reportLost(): void {
    this.#isConnected = false
  }

  /** The keeper lives on; this one starts none any more. */
  close(): void {
    this.#closed.abort()
  }

  /** Resolves when no keeper is being started. */
  async settled(): Promise<void> {
    await this.#connecting?.catch(() => undefined)
  }

  async #connect(): Promise<void> {
    this.#closed.signal.throwIfAborted()
    await ensureKeeper(this.#environment, this.#options)
    const call = { method: 'GET', path: '/events', signal: this.#closed.signal } as const
    const events = await streamKeeper(this.socket, call)
    const first = await events.next()
    if (!first.done) this.#publish(first.value)
    this.#isConnected = true
    void this.#follow(events)
  }

  async #follow(events: AsyncGenerator<string>): Promise<void> {
    try {
      for await (const line of events) this.#publish(line)
    } catch {
      // However it ends, the keeper is gone.
    }
    this.#isConnected = false
    if (this.#closed.signal.aborted) return
    if (!this.isWanted) return this.#publish('[]')
    this.#log.warn({ environment: this.#environment }, 'the keeper is gone: starting it again')
    await this.#bringBack()
  }

  async #bringBack(attempts = 0): Promise<void> {
    if (this.#isBringingBack) return
    this.#isBringingBack = true
    for (let attempt = attempts; !this.#closed.signal.aborted && this.isWanted; attempt++) {
      try {
        await this.#options.clock.sleep(RETRY_MS[attempt] ?? LONGEST_RETRY_MS, this.#closed.signal)
        await this.connect()
        break
      } catch (error) {
        this.#warn(error)
      }
    }
    this.#isBringingBack = false
  }

  #warn(error: unknown): void {
    if (this.#closed.signal.aborted) return
    this.#log.warn({ environment: this.#environment, error: toErrorDocument(error) }, 'the keeper does not start')
  }

  #publish(line: string): void {
    this.#latest = instancesSchema.parse(JSON.parse(line))
    this.#version++
    this.#changes.emit('change')
  }
}
