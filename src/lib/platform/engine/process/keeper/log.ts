import { join } from 'node:path'
import type { LogLevel } from '../../../../core/events.ts'
import { deriveLevel } from '../../../logs/derive-level.ts'
import type { LogWriter } from '../../../logs/port.ts'
import { createLogWriter, DEFAULT_LOG_LIMITS } from '../../../logs/writer.ts'
import type { OutputStream } from './output-pipe.ts'

/** From this much on, output waits until it is with the operating system. */
const FLUSH_BYTES = 256 * 1024
const CLAIMS_INFO = /\b(info|information|notice)\b|"(?:level|severity|lvl)":/i

export interface LineOrigin {
  readonly source: string
  readonly service?: string | undefined
  readonly instance?: string | undefined
}

/** The environment's log as far as this keeper writes it: one writer per source, `app` and what jobs name. */
export class KeeperLog {
  readonly #directory: string
  readonly #writers = new Map<string, LogWriter>()
  #pending = 0

  constructor(directory: string) {
    this.#directory = directory
  }

  /** What the keeper itself has to say about an instance. */
  notice(origin: LineOrigin, message: string, level: LogLevel = 'info'): void {
    const { source, ...entry } = origin
    this.#writer(source).append({ ...entry, level, message })
  }

  /** Lines of output. Resolves when the next ones may come; a full disk loses lines rather than stop the application. */
  async lines(origin: LineOrigin, stream: OutputStream, lines: readonly string[]): Promise<void> {
    const { source, ...entry } = origin
    const writer = this.#writer(source)
    for (const message of lines) {
      writer.append({ ...entry, level: levelOfLine(stream, message), message })
      this.#pending += message.length
    }
    if (this.#pending < FLUSH_BYTES) return
    this.#pending = 0
    await writer.flush().catch(() => undefined)
  }

  async close(): Promise<void> {
    await Promise.all([...this.#writers.values()].map(writer => writer.close().catch(() => undefined)))
  }

  #writer(source: string): LogWriter {
    const known = this.#writers.get(source)
    if (known) return known
    const writer = createLogWriter({ directory: join(this.#directory, source), limits: DEFAULT_LOG_LIMITS, source })
    this.#writers.set(source, writer)
    return writer
  }
}

/** What a line on stderr says without naming a level is a warning. */
export function levelOfLine(stream: OutputStream, message: string): LogLevel {
  const level = deriveLevel(message)
  return stream === 'stderr' && level === 'info' && !CLAIMS_INFO.test(message.slice(0, 256)) ? 'warning' : level
}
