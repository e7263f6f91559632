import type { LogEvent, LogRecord } from '../../core/events.ts'
import { createRecordFields, type RecordFields, scanRecord } from '../../stream/scan-records.ts'
import { safeText } from './safe-text.ts'

export interface LogLineOptions {
  readonly timestamps: boolean
  /** Control characters are shown instead of sent. */
  readonly isTerminal: boolean
  /** Colours the part before the message; absent for none. */
  readonly paint?: ((label: string, level: string) => string) | undefined
  /** Called for what is no line of the log: gaps. */
  readonly onNotice: (text: string) => void
}

/** An escape sequence of JSON, or a control character that JSON lets through: DEL, and C1 controls as UTF-8 bytes. */
const SPECIAL = /[\\\u007F]|\u00C2[\u0080-\u009F]/
const ASCII = /^[\t\u0020-\u007E]*$/

/**
 * A function that turns a batch of NDJSON `LogEvent`s into lines, `[time ]web.1 | message`, as bytes. Fields are found,
 * not parsed; only messages with escapes are decoded, and only lines in an unusual order parsed. Works on latin1 text,
 * where each character is a byte, so that UTF-8 passes through. The result is overwritten by the next call.
 */
export function createLogFormatter(options: LogLineOptions): (batch: Uint8Array) => Uint8Array {
  const fields = createRecordFields()
  let buffer = Buffer.alloc(0)
  return batch => {
    const bytes = Buffer.from(batch.buffer, batch.byteOffset, batch.byteLength)
    const text = bytes.toString('latin1')
    const isPlain = !SPECIAL.test(text)
    let out = ''
    for (let start = 0; start < text.length;) {
      const newline = text.indexOf('\n', start)
      const end = newline === -1 ? text.length : newline
      if (scanRecord(bytes, { end, start }, fields)) out += formatFields(text, fields, { ...options, isPlain })
      else if (end > start) out += toLatin1(formatEvent(fromLatin1(text.slice(start, end)), options))
      start = end + 1
    }
    if (buffer.length < out.length) buffer = Buffer.allocUnsafe(out.length * 2)
    return buffer.subarray(0, buffer.write(out, 'latin1'))
  }
}

interface BatchOptions extends LogLineOptions {
  /** Nothing in the batch needs unescaping or escaping. */
  readonly isPlain: boolean
}

function formatFields(
  text: string,
  fields: RecordFields,
  { isPlain, isTerminal, paint, timestamps }: BatchOptions,
): string {
  const label = labelOf(text, fields)
  const raw = text.slice(fields.messageStart, fields.messageEnd)
  const message = isPlain || !SPECIAL.test(raw) ? raw : unescape(raw, isTerminal)
  const time = timestamps ? `${text.slice(fields.atStart, fields.atEnd)} ` : ''
  const painted = paint ? paint(label, text.slice(fields.levelStart, fields.levelEnd)) : label
  return `${time}${painted} | ${message}\n`
}

/** The instance, else the service, else the source. */
function labelOf(text: string, fields: RecordFields): string {
  if (fields.instanceStart !== -1) return text.slice(fields.instanceStart, fields.instanceEnd)
  if (fields.serviceStart !== -1) return text.slice(fields.serviceStart, fields.serviceEnd)
  return text.slice(fields.sourceStart, fields.sourceEnd)
}

function unescape(raw: string, isTerminal: boolean): string {
  const isAscii = ASCII.test(raw)
  const decoded = isAscii ? raw : fromLatin1(raw)
  const message = decoded.includes('\\') ? String(JSON.parse(`"${decoded}"`)) : decoded
  const safe = isTerminal ? safeText(message) : message
  return ASCII.test(safe) ? safe : toLatin1(safe)
}

function formatEvent(line: string, { isTerminal, onNotice, paint, timestamps }: LogLineOptions): string {
  const event: unknown = JSON.parse(line)
  if (!isLogEvent(event)) return ''
  if (event.type === 'gap') onNotice(`${event.dropped} lines of ${event.source} are gone (${event.reason})`)
  if (event.type !== 'log') return ''
  const { at, level, message }: LogRecord = event
  const label = event.instance ?? event.service ?? event.source
  return `${timestamps ? `${at} ` : ''}${paint?.(label, level) ?? label} | ${isTerminal ? safeText(message) : message}\n`
}

/** The provider has checked what it passes on; here only the kinds are told apart. */
function isLogEvent(value: unknown): value is LogEvent {
  if (typeof value !== 'object' || value === null || !('type' in value)) return false
  return value.type === 'gap' || value.type === 'end' || (value.type === 'log' && 'message' in value && 'at' in value)
}

function fromLatin1(text: string): string {
  return Buffer.from(text, 'latin1').toString('utf8')
}

function toLatin1(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1')
}
