import { filterBatch, type LineFilter } from './filter.ts'
import { lineTime } from './line-time.ts'
import type { SourceReader } from './source-reader.ts'

export interface StreamLimits {
  readonly isWanted?: LineFilter | undefined
  /** ISO 8601 in UTC with milliseconds, as records have it. */
  readonly since?: string | undefined
  readonly until?: string | undefined
}

const NEWLINE = 10

/** What is wanted of one source, a batch at a time, of which lines can be taken from the front. */
export class SourceStream {
  readonly #reader: SourceReader
  readonly #limits: StreamLimits
  #batch: Buffer | undefined
  /** `#batch` as latin1; made only when single lines are looked at. */
  #text: string | undefined
  #ended = false

  constructor(reader: SourceReader, limits: StreamLimits) {
    this.#reader = reader
    this.#limits = limits
  }

  /** Nothing will come any more. */
  get ended(): boolean {
    return this.#ended && this.#batch === undefined
  }

  get hasLines(): boolean {
    return this.#batch !== undefined
  }

  /** Reads on when it holds no lines; afterwards it may still hold none. */
  async fill(): Promise<void> {
    while (this.#batch === undefined && !this.#ended) {
      let batch = await this.#reader.read()
      if (batch === undefined) {
        const { ended, rest } = await this.#reader.readEnd()
        this.#ended = ended
        if (rest === undefined) return
        batch = rest
      }
      this.#set(this.#select(batch))
    }
  }

  /** The time of the first line; a gap comes before everything. */
  firstTime(): string {
    this.#text ??= this.#batch?.toString('latin1')
    return lineTime(this.#text ?? '') ?? ''
  }

  /** Takes all lines. */
  takeAll(): Buffer | undefined {
    const batch = this.#batch
    this.#set(undefined)
    return batch
  }

  /** Takes the lines up to the first one that is later than `at`. */
  takeUntil(at: string): Buffer | undefined {
    const batch = this.#batch
    if (batch === undefined) return undefined
    this.#text ??= batch.toString('latin1')
    const end = firstLater(this.#text, at)
    if (end === batch.length) return this.takeAll()
    this.#batch = batch.subarray(end)
    this.#text = this.#text.slice(end)
    return batch.subarray(0, end)
  }

  close(): Promise<void> {
    return this.#reader.close()
  }

  #set(batch: Buffer | undefined): void {
    this.#batch = batch
    this.#text = undefined
  }

  /** Bytes pass as they are unless a line of them is not wanted. */
  #select(batch: Buffer): Buffer | undefined {
    const { isWanted, since, until } = this.#limits
    let selected: Buffer | undefined = batch
    if (since !== undefined && isBefore(batch, since)) {
      selected = filterBatch(batch, (_batch, text, { start }) => (lineTime(text, start) ?? since) >= since)
    }
    if (until !== undefined && selected !== undefined) selected = this.#cutAfter(selected, until)
    return isWanted === undefined || selected === undefined ? selected : filterBatch(selected, isWanted)
  }

  #cutAfter(batch: Buffer, until: string): Buffer | undefined {
    const lastStart = batch.lastIndexOf(NEWLINE, batch.length - 2) + 1
    const last = lineTime(batch.toString('latin1', lastStart))
    if (last !== undefined && last <= until) return batch
    const end = firstLater(batch.toString('latin1'), until)
    this.#ended = end < batch.length
    return end === 0 ? undefined : batch.subarray(0, end)
  }
}

function isBefore(batch: Buffer, at: string): boolean {
  const first = lineTime(batch.toString('latin1', 0, batch.indexOf(NEWLINE)))
  return first === undefined || first < at
}

/** Where the first line stands that is later than `at`; the text's end when none is. */
function firstLater(text: string, at: string): number {
  let start = 0
  while (start < text.length) {
    const time = lineTime(text, start)
    if (time !== undefined && time > at) return start
    start = text.indexOf('\n', start) + 1
  }
  return start
}
