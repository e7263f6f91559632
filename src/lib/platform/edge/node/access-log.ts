import { join } from 'node:path'
import type { Clock } from '../../../core/clock.ts'
import type { LogLevel } from '../../../core/events.ts'
import type { LogWriter } from '../../logs/port.ts'
import { createLogWriter, DEFAULT_LOG_LIMITS } from '../../logs/writer.ts'
import type { EdgeConfig } from '../port.ts'
import type { EdgeLog } from './log.ts'

const SOURCE = 'access'
const MAX_PATH = 2000

export interface AccessEntry {
  readonly method: string
  readonly path: string
  readonly status: number
  readonly durationMs: number
  readonly sentBytes: number
  readonly service?: string | undefined
  readonly instance?: string | undefined
}

/** One writer per directory that the configuration names. */
export class AccessLogs {
  readonly #clock: Clock
  readonly #log: EdgeLog
  readonly #writers = new Map<string, LogWriter>()
  #wanted: ReadonlySet<string> = new Set()

  constructor({ clock, log }: { clock: Clock; log: EdgeLog }) {
    this.#clock = clock
    this.#log = log
  }

  /** Lets go of the directories that are not named any more. */
  async keep({ sites }: EdgeConfig): Promise<void> {
    this.#wanted = new Set(sites.map(site => site.accessLog.directory))
    const gone = [...this.#writers].filter(([directory]) => !this.#wanted.has(directory))
    for (const [directory] of gone) this.#writers.delete(directory)
    await Promise.all(gone.map(([directory, writer]) => this.#close(directory, writer)))
  }

  /** `GET /path 200 12ms 1234B`. The query is left out: it may hold secrets. */
  append(directory: string, { durationMs, instance, method, path, sentBytes, service, status }: AccessEntry): void {
    if (!this.#wanted.has(directory)) return
    const shown = path.length > MAX_PATH ? `${path.slice(0, MAX_PATH)}…` : path
    this.#writer(directory).append({
      instance,
      level: levelOf(status),
      message: `${method} ${shown} ${status} ${Math.round(durationMs)}ms ${sentBytes}B`,
      service,
    })
  }

  async close(): Promise<void> {
    await Promise.all([...this.#writers].map(([directory, writer]) => this.#close(directory, writer)))
    this.#writers.clear()
  }

  #writer(directory: string): LogWriter {
    const known = this.#writers.get(directory)
    if (known) return known
    const options = { clock: this.#clock, directory: join(directory, SOURCE), limits: DEFAULT_LOG_LIMITS }
    const writer = createLogWriter({ ...options, source: SOURCE })
    this.#writers.set(directory, writer)
    return writer
  }

  async #close(directory: string, writer: LogWriter): Promise<void> {
    try {
      await writer.close()
    } catch (error) {
      this.#log.warn({ directory, error: String(error) }, 'the access log was not written to its end')
    }
  }
}

function levelOf(status: number): LogLevel {
  if (status >= 500) return 'error'
  return status >= 400 ? 'warning' : 'info'
}
