import { END_START, GAP_START, RECORD_START } from './scan-records.ts'

/** What passed of a batch. */
export interface Passed {
  /** The batch itself where nothing had to be dropped. */
  readonly bytes: Uint8Array
  /** It held the `end` event; what stood behind that is dropped. */
  readonly ended: boolean
}

const QUOTE = 34

/**
 * How far a log stream has come: the last sequence number of each source. Lets each record through once, whatever is
 * delivered again.
 */
export class RecordProgress {
  readonly #last = new Map<string, number>()
  #source = ''
  /** How the lines of `#source` begin. */
  #prefix = RECORD_START

  constructor(after: readonly string[] = []) {
    for (const cursor of after) {
      const { sequence, source } = splitCursor(cursor)
      if (sequence !== undefined) this.#last.set(source, sequence)
    }
  }

  /** The cursors after which to go on, one per source. */
  cursors(): string[] {
    return [...this.#last].map(([source, sequence]) => `${source}.${sequence}`)
  }

  /** Takes a batch of whole lines. */
  pass(batch: Uint8Array): Passed {
    const buffer = Buffer.from(batch.buffer, batch.byteOffset, batch.byteLength)
    const text = buffer.toString('latin1')
    const kept: Uint8Array[] = []
    let keptFrom = 0
    let start = 0
    let ended = false
    while (start < text.length && !ended) {
      const newline = text.indexOf('\n', start)
      const next = newline === -1 ? text.length : newline + 1
      if (!this.#isNew(text, start, next)) {
        if (start > keptFrom) kept.push(buffer.subarray(keptFrom, start))
        keptFrom = next
      }
      ended = text.startsWith(END_START, start)
      start = next
    }
    if (kept.length === 0) return { bytes: buffer.subarray(keptFrom, start), ended }
    kept.push(buffer.subarray(keptFrom, start))
    return { bytes: Buffer.concat(kept), ended }
  }

  /** Notes the line as passed, unless it did so before. */
  #isNew(text: string, start: number, next: number): boolean {
    if (text.startsWith(this.#prefix, start)) {
      const sequence = readSequence(text, start + this.#prefix.length)
      if (sequence !== undefined) return this.#advance(this.#source, sequence)
    }
    if (text.startsWith(RECORD_START, start)) return this.#isNewRecord(text, start)
    return text.startsWith(GAP_START, start) ? this.#isNewGap(text.slice(start, next)) : true
  }

  #isNewRecord(text: string, start: number): boolean {
    const cursorStart = start + RECORD_START.length
    const { sequence, source } = splitCursor(text.slice(cursorStart, text.indexOf('"', cursorStart)))
    if (sequence === undefined) return true
    this.#source = source
    this.#prefix = `${RECORD_START}${source}.`
    return this.#advance(source, sequence)
  }

  #isNewGap(line: string): boolean {
    const found = /^","from":\d+,"to":(\d+)/.exec(line.slice(line.indexOf('"', GAP_START.length)))
    if (found === null) return true
    return this.#advance(line.slice(GAP_START.length, line.indexOf('"', GAP_START.length)), Number(found[1]))
  }

  #advance(source: string, sequence: number): boolean {
    const last = this.#last.get(source)
    if (last !== undefined && sequence <= last) return false
    this.#last.set(source, sequence)
    return true
  }
}

/** A cursor's two parts; the sequence is undefined when it is not `<source>.<number>`. */
export function splitCursor(cursor: string): { readonly source: string; readonly sequence: number | undefined } {
  const dot = cursor.lastIndexOf('.')
  const digits = cursor.slice(dot + 1)
  const isNumber = dot > 0 && /^\d{1,16}$/.test(digits)
  return { source: cursor.slice(0, Math.max(dot, 0)), sequence: isNumber ? Number(digits) : undefined }
}

/** The number that ends at a quote. */
function readSequence(text: string, start: number): number | undefined {
  let value = 0
  let position = start
  for (; position < text.length; position++) {
    const code = text.charCodeAt(position)
    if (code === QUOTE) return position > start ? value : undefined
    if (code < 48 || code > 57) return undefined
    value = value * 10 + (code - 48)
  }
  return undefined
}
