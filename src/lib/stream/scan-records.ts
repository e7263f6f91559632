import { LOG_LEVELS, type LogRecord } from '../core/events.ts'

/*
 * Log records as text, without building objects: a record's keys come in a fixed order, so that its fields are found by
 * looking for the next key. Looks at the bytes, which is three times as fast as at the characters of a string. Places are
 * those of bytes, and of the characters of the same batch as latin1 text: there UTF-8 passes through unchanged.
 */

/** One line of a batch: from `start` up to its newline. */
export interface LineRange {
  readonly start: number
  readonly end: number
}

/** Where the fields of one record stand in a batch; a start of -1 says that the field is absent. */
export interface RecordFields {
  cursorStart: number
  cursorEnd: number
  atStart: number
  atEnd: number
  sourceStart: number
  sourceEnd: number
  serviceStart: number
  serviceEnd: number
  instanceStart: number
  instanceEnd: number
  levelStart: number
  levelEnd: number
  phaseStart: number
  phaseEnd: number
  /** Still with JSON's escapes, if there are any. */
  messageStart: number
  messageEnd: number
}

export const RECORD_START = '{"type":"log","cursor":"'
export const GAP_START = '{"type":"gap","source":"'
export const END_START = '{"type":"end"'
/** The quote that ends the value before, the key, and the quote that begins its own value. */
interface Key {
  readonly length: number
  /** Its first and third letter tell it from all others. */
  readonly letter: number
  readonly third: number
}
const AT = keyOf('at')
const SOURCE = keyOf('source')
const SERVICE = keyOf('service')
const INSTANCE = keyOf('instance')
const LEVEL = keyOf('level')
const PHASE = keyOf('phase')
const MESSAGE = keyOf('message')
const QUOTE = 34
const COMMA = 44
const COLON = 58
const CLOSING_BRACE = 125
const RECORD_START_BYTES = Buffer.from(RECORD_START)
/** `2026-01-31T12:00:00.000Z` */
const AT_LENGTH = 24

export function createRecordFields(): RecordFields {
  return {
    atEnd: -1,
    atStart: -1,
    cursorEnd: -1,
    cursorStart: -1,
    instanceEnd: -1,
    instanceStart: -1,
    levelEnd: -1,
    levelStart: -1,
    messageEnd: -1,
    messageStart: -1,
    phaseEnd: -1,
    phaseStart: -1,
    serviceEnd: -1,
    serviceStart: -1,
    sourceEnd: -1,
    sourceStart: -1,
  }
}

/**
 * Finds the fields of the line `[start, end)` of a batch (without its newline) and puts them into `fields`, which may be
 * used again for the next line. False when it is no record in the usual order: then parse it.
 */
export function scanRecord(bytes: Uint8Array, { end, start }: LineRange, fields: RecordFields): boolean {
  if (!beginsWith(bytes, start, RECORD_START_BYTES)) return false
  if (bytes[end - 1] !== CLOSING_BRACE || bytes[end - 2] !== QUOTE) return false
  fields.cursorStart = start + RECORD_START.length
  fields.cursorEnd = valueEnd(bytes, fields.cursorStart)
  if (!isKey(bytes, fields.cursorEnd, AT)) return false
  fields.atStart = fields.cursorEnd + AT.length
  fields.atEnd = fields.atStart + AT_LENGTH
  if (!isKey(bytes, fields.atEnd, SOURCE)) return false
  fields.sourceStart = fields.atEnd + SOURCE.length
  fields.sourceEnd = valueEnd(bytes, fields.sourceStart)
  let position = scanOwner(bytes, fields)
  if (!isKey(bytes, position, LEVEL)) return false
  fields.levelStart = position + LEVEL.length
  position = valueEnd(bytes, fields.levelStart)
  fields.levelEnd = position
  fields.phaseStart = -1
  if (isKey(bytes, position, PHASE)) {
    fields.phaseStart = position + PHASE.length
    position = valueEnd(bytes, fields.phaseStart)
    fields.phaseEnd = position
  }
  if (!isKey(bytes, position, MESSAGE)) return false
  fields.messageStart = position + MESSAGE.length
  fields.messageEnd = end - 2
  return fields.messageStart <= fields.messageEnd
}

/** Whether these bytes stand at `start`. */
export function beginsWith(bytes: Uint8Array, start: number, expected: Uint8Array): boolean {
  for (let index = 0; index < expected.length; index++) if (bytes[start + index] !== expected[index]) return false
  return true
}

function keyOf(name: string): Key {
  return { length: name.length + 6, letter: name.charCodeAt(0), third: name.charCodeAt(2) }
}

/** Whether a value ends at `position` and the value of this key begins `key.length` later: `","key":"`. */
function isKey(bytes: Uint8Array, position: number, { length, letter, third }: Key): boolean {
  return (
    bytes[position + 3] === letter &&
    (length === 8 || bytes[position + 5] === third) &&
    bytes[position] === QUOTE &&
    bytes[position + 1] === COMMA &&
    bytes[position + 2] === QUOTE &&
    bytes[position + length - 3] === QUOTE &&
    bytes[position + length - 2] === COLON &&
    bytes[position + length - 1] === QUOTE
  )
}

/** Values before the message are short: a loop is faster than a search. */
function valueEnd(bytes: Uint8Array, start: number): number {
  let position = start
  while (position < bytes.length && bytes[position] !== QUOTE) position++
  return position
}

/** Returns where the quote after the last of them stands. */
function scanOwner(bytes: Uint8Array, fields: RecordFields): number {
  let position = fields.sourceEnd
  fields.serviceStart = -1
  fields.instanceStart = -1
  if (isKey(bytes, position, SERVICE)) {
    fields.serviceStart = position + SERVICE.length
    position = valueEnd(bytes, fields.serviceStart)
    fields.serviceEnd = position
  }
  if (isKey(bytes, position, INSTANCE)) {
    fields.instanceStart = position + INSTANCE.length
    position = valueEnd(bytes, fields.instanceStart)
    fields.instanceEnd = position
  }
  return position
}

/** A field as it was meant: escapes resolved, UTF-8 decoded. `undefined` for an absent one. */
export function fieldText(text: string, start: number, end: number): string | undefined {
  if (start === -1) return undefined
  const raw = text.slice(start, end)
  if (raw.includes('\\')) return String(JSON.parse(`"${decodeBytes(raw)}"`))
  return decodeBytes(raw)
}

/** The record of a line of latin1 text; by scanning where that is possible, else by parsing. Undefined for gaps, ends and what is no JSON. */
export function readRecord(text: string, { end, start }: LineRange): LogRecord | undefined {
  const line = text.slice(start, end)
  const fields = createRecordFields()
  const isScanned = scanRecord(Buffer.from(line, 'latin1'), { end: line.length, start: 0 }, fields)
  return isScanned ? toRecord(line, fields) : parseRecord(line)
}

function toRecord(text: string, fields: RecordFields): LogRecord {
  const service = fieldText(text, fields.serviceStart, fields.serviceEnd)
  const instance = fieldText(text, fields.instanceStart, fields.instanceEnd)
  const phase = fieldText(text, fields.phaseStart, fields.phaseEnd)
  return {
    type: 'log',
    cursor: fieldText(text, fields.cursorStart, fields.cursorEnd) ?? '',
    at: text.slice(fields.atStart, fields.atEnd),
    source: fieldText(text, fields.sourceStart, fields.sourceEnd) ?? '',
    ...(service === undefined ? {} : { service }),
    ...(instance === undefined ? {} : { instance }),
    level: LOG_LEVELS.find(level => text.startsWith(`${level}"`, fields.levelStart)) ?? 'info',
    ...(phase === undefined ? {} : { phase }),
    message: fieldText(text, fields.messageStart, fields.messageEnd) ?? '',
  }
}

function parseRecord(line: string): LogRecord | undefined {
  try {
    const value: unknown = JSON.parse(decodeBytes(line))
    return isRecord(value) ? value : undefined
  } catch {
    return undefined
  }
}

function isRecord(value: unknown): value is LogRecord {
  return (
    typeof value === 'object' &&
    value !== null &&
    'type' in value &&
    value.type === 'log' &&
    'cursor' in value &&
    'at' in value &&
    'message' in value
  )
}

function decodeBytes(latin1: string): string {
  return Buffer.from(latin1, 'latin1').toString('utf8')
}
