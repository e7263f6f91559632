import { beginsWith, END_START, GAP_START, RECORD_START } from './scan-records.ts'

/** What passed of a batch. */
export interface Passed {
  /** The batch itself where nothing had to be dropped. */
  readonly bytes: Uint8Array
  /** It held the `end` event; what stood behind that is dropped. */
  readonly ended: boolean
}

const NEWLINE = 10
const QUOTE = 34
const ZERO = 48
const NINE = 57
const RECORD_START_BYTES = Buffer.from(RECORD_START)
const GAP_START_BYTES = Buffer.from(GAP_START)
const END_START_BYTES = Buffer.from(END_START)
/** Where lines of different types differ: `{"type":"log"`, `{"type":"end"`. */
const TYPE_OFFSET = 9
const END_LETTER = END_START_BYTES[TYPE_OFFSET]

interface Source {
  readonly name: string
  /** How its lines begin. */
  readonly prefix: Uint8Array
  /** Sequence number. */
  last: number
}

/**
 * How far a log stream has come: the last sequence number of each source. Lets each record through once, whatever is
 * delivered again.
 */
export class RecordProgress {
  readonly #sources = new Map<string, Source>()
  /** Of the line before. */
  #source: Source | undefined

  constructor(after: readonly string[] = []) {
    for (const cursor of after) {
      const { sequence, source } = splitCursor(cursor)
      if (sequence !== undefined) this.#find(source).last = sequence
    }
  }

  /** The cursors after which to go on, one per source. */
  cursors(): string[] {
    return [...this.#sources.values()].map(({ last, name }) => `${name}.${last}`)
  }

  /** Takes a batch of whole lines. */
  pass(batch: Uint8Array): Passed {
    const buffer = Buffer.from(batch.buffer, batch.byteOffset, batch.byteLength)
    const kept: Uint8Array[] = []
    let keptFrom = 0
    let start = 0
    let ended = false
    while (start < buffer.length && !ended) {
      const newline = buffer.indexOf(NEWLINE, start)
      const next = newline === -1 ? buffer.length : newline + 1
      if (!this.#isNew(buffer, start, next)) {
        if (start > keptFrom) kept.push(buffer.subarray(keptFrom, start))
        keptFrom = next
      }
      ended = buffer[start + TYPE_OFFSET] === END_LETTER && beginsWith(buffer, start, END_START_BYTES)
      start = next
    }
    if (kept.length === 0) return { bytes: buffer.subarray(keptFrom, start), ended }
    kept.push(buffer.subarray(keptFrom, start))
    return { bytes: Buffer.concat(kept), ended }
  }

  /** Notes the line as passed, unless it did so before. */
  #isNew(buffer: Buffer, start: number, next: number): boolean {
    if (this.#source !== undefined && beginsWith(buffer, start, this.#source.prefix)) {
      const sequence = readSequence(buffer, start + this.#source.prefix.length)
      if (sequence !== undefined) return advance(this.#source, sequence)
    }
    if (beginsWith(buffer, start, RECORD_START_BYTES)) return this.#isNewRecord(buffer.toString('latin1', start, next))
    return beginsWith(buffer, start, GAP_START_BYTES) ? this.#isNewGap(buffer.toString('latin1', start, next)) : true
  }

  #isNewRecord(line: string): boolean {
    const { sequence, source } = splitCursor(line.slice(RECORD_START.length, line.indexOf('"', RECORD_START.length)))
    if (sequence === undefined) return true
    this.#source = this.#find(source)
    return advance(this.#source, sequence)
  }

  #isNewGap(line: string): boolean {
    const nameEnd = line.indexOf('"', GAP_START.length)
    const found = /^","from":\d+,"to":(\d+)/.exec(line.slice(nameEnd))
    return found === null || advance(this.#find(line.slice(GAP_START.length, nameEnd)), Number(found[1]))
  }

  #find(name: string): Source {
    let source = this.#sources.get(name)
    if (source === undefined) {
      source = { last: -1, name, prefix: Buffer.from(`${RECORD_START}${name}.`, 'latin1') }
      this.#sources.set(name, source)
    }
    return source
  }
}

function advance(source: Source, sequence: number): boolean {
  if (sequence <= source.last) return false
  source.last = sequence
  return true
}

/** A cursor's two parts; the sequence is undefined when it is not `<source>.<number>`. */
export function splitCursor(cursor: string): { readonly source: string; readonly sequence: number | undefined } {
  const dot = cursor.lastIndexOf('.')
  const digits = cursor.slice(dot + 1)
  const isNumber = dot > 0 && /^\d{1,16}$/.test(digits)
  return { source: cursor.slice(0, Math.max(dot, 0)), sequence: isNumber ? Number(digits) : undefined }
}

/** The number that ends at a quote. */
function readSequence(bytes: Uint8Array, start: number): number | undefined {
  let value = 0
  for (let position = start; position < bytes.length; position++) {
    const code = bytes[position] ?? 0
    if (code === QUOTE) return position > start ? value : undefined
    if (code < ZERO || code > NINE) return undefined
    value = value * 10 + (code - ZERO)
  }
  return undefined
}
