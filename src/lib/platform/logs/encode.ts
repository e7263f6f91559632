import type { LogGap, LogLevel } from '../../core/events.ts'
import { formatCursor } from './cursor.ts'
import { deriveLevel } from './derive-level.ts'
import type { LogEntry } from './port.ts'

/** Longest message of one record, in bytes of UTF-8; longer ones become several records. */
const MAX_MESSAGE_BYTES = 65_536

export interface EncodeTarget {
  readonly source: string
  readonly sequence: number
  /** ISO 8601 in UTC with milliseconds. */
  readonly at: string
  readonly level: LogLevel
}

/** One line as it stands on disk and goes on the wire; the keys in the order of `LogRecord`. */
export function encodeRecord(entry: LogEntry, message: string, { at, level, sequence, source }: EncodeTarget): string {
  const { instance, phase, service } = entry
  return (
    `{"type":"log","cursor":${JSON.stringify(formatCursor(source, sequence))},"at":"${at}","source":${JSON.stringify(source)}` +
    (service === undefined ? '' : `,"service":${JSON.stringify(service)}`) +
    (instance === undefined ? '' : `,"instance":${JSON.stringify(instance)}`) +
    `,"level":"${level}"` +
    (phase === undefined ? '' : `,"phase":${JSON.stringify(phase)}`) +
    `,"message":${JSON.stringify(message)}}\n`
  )
}

/** A gap as a line. */
export function encodeGap({ from, reason, source, to }: Omit<LogGap, 'type' | 'dropped'>): string {
  return `${JSON.stringify({ type: 'gap', source, from, to, dropped: to - from + 1, reason } satisfies LogGap)}\n`
}

/** The level of an entry: its own, else what its text says. */
export function levelOf(entry: LogEntry): LogLevel {
  return entry.level ?? deriveLevel(entry.message)
}

/** Pieces of at most `MAX_MESSAGE_BYTES`, cut between characters. */
export function splitMessage(message: string): readonly string[] {
  if (message.length * 3 <= MAX_MESSAGE_BYTES) return [message]
  const bytes = Buffer.from(message, 'utf8')
  if (bytes.length <= MAX_MESSAGE_BYTES) return [message]
  const pieces: string[] = []
  for (let start = 0; start < bytes.length;) {
    let end = Math.min(start + MAX_MESSAGE_BYTES, bytes.length)
    while (end < bytes.length && isContinuation(bytes[end])) end--
    pieces.push(bytes.toString('utf8', start, end))
    start = end
  }
  return pieces
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80
}
