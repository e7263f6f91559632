import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { LogEvent } from '../../src/lib/core/events.ts'
import type { LogLimits, LogReader, ReadOptions } from '../../src/lib/platform/logs/port.ts'
import { createLogReader } from '../../src/lib/platform/logs/reader.ts'
import { createLogWriter } from '../../src/lib/platform/logs/writer.ts'

export const roomy: LogLimits = { segmentBytes: 1024 * 1024, totalBytes: 1024 * 1024 * 1024, maxAgeMs: 86_400_000 }

/** A directory of its own, removed after the test. */
export async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'aloft-logs-'))
  onTestFinished(() => rm(directory, { recursive: true, force: true }))
  return directory
}

/** A log store in a directory of its own. */
export async function logStore(limits: LogLimits = roomy) {
  const directory = await temporaryDirectory()
  const reader = createLogReader({ directory: source => join(directory, source) })
  return {
    directory,
    reader,
    writer: (source = 'app', own = limits) =>
      createLogWriter({ directory: join(directory, source), limits: own, source }),
  }
}

/** The events of a batch. */
export function parseBatch(batch: Uint8Array): LogEvent[] {
  const text = Buffer.from(batch).toString('utf8')
  if (!text.endsWith('\n')) throw new Error('a batch must end with a newline')
  return text.slice(0, -1).split('\n').map(parseEvent)
}

function parseEvent(line: string): LogEvent {
  const value: unknown = JSON.parse(line)
  if (!isEvent(value)) throw new Error(`not an event: ${line}`)
  return value
}

function isEvent(value: unknown): value is LogEvent {
  if (typeof value !== 'object' || value === null || !('type' in value)) return false
  return (
    value.type === 'end' || value.type === 'gap' || (value.type === 'log' && 'cursor' in value && 'message' in value)
  )
}

/** All events of a reading to its end. */
export async function readAll(reader: LogReader, sources: readonly string[], options: Partial<ReadOptions> = {}) {
  const events: LogEvent[] = []
  for await (const batch of reader.read(sources, { follow: false, ...options }, new AbortController().signal)) {
    events.push(...parseBatch(batch))
  }
  return events
}

/** A short form: messages of records, `gap 1-3 retention` and `end`. */
export function brief(events: readonly LogEvent[]): string[] {
  return events.map(event => {
    if (event.type === 'log') return event.message
    return event.type === 'gap' ? `gap ${event.from}-${event.to} ${event.reason}` : 'end'
  })
}
