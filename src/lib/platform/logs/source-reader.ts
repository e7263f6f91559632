import { open, readFile, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { encodeGap } from './encode.ts'
import { lineSequences } from './line-sequence.ts'
import { lineTime } from './line-time.ts'
import { findLine, readWholeLines } from './segment-lines.ts'
import { ENDED_MARKER, isMissing, listSegments, type Segment } from './segments.ts'

/** Where to begin: after a sequence number, at a time, or at a place in a segment. */
export type Start =
  | { readonly kind: 'after'; readonly sequence: number }
  | { readonly kind: 'since'; readonly at: string }
  | { readonly kind: 'place'; readonly segment: number; readonly offset: number }

const NEWLINE = 10

/** Reads one source from a start on, block by block, over all its segments, also while they come and go. */
export class SourceReader {
  readonly source: string
  readonly #directory: string
  #file: FileHandle | undefined
  /** First number of the open segment. */
  #segment = 0
  #offset = 0
  /** Number that comes next; undefined until the first record when the start is no number. */
  #next: number | undefined
  /** A gap was found in front of what is to be read next. */
  #gap: Buffer | undefined
  #start: Start | undefined

  constructor(source: string, directory: string, start: Start) {
    this.source = source
    this.#directory = directory
    this.#start = start
    if (start.kind === 'after') this.#next = start.sequence + 1
  }

  /** The next whole lines, about 64 KiB, or a gap; undefined when there are no more for now. */
  async read(): Promise<Buffer | undefined> {
    for (;;) {
      if (this.#file === undefined && !(await this.#openNext())) return undefined
      const lines = this.#takeGap() ?? (await this.#readLines())
      if (lines !== undefined) return lines
      if (!(await this.#hasLaterSegment())) return undefined
      // The writer was done with this segment before it made the next one: only now is this one's end its end.
      const rest = await this.#readLines()
      if (rest !== undefined) return rest
      await this.close()
    }
  }

  /** After `read` found nothing: whether nothing will come. What the writer could not write any more is then a gap. */
  async readEnd(): Promise<{ readonly ended: boolean; readonly rest?: Buffer | undefined }> {
    const last = await this.#readMarker()
    if (last === undefined) return { ended: false }
    const rest = await this.read()
    if (rest !== undefined) return { ended: false, rest }
    const next = this.#next ?? last + 1
    if (next > last) return { ended: true }
    this.#next = last + 1
    return { ended: false, rest: this.#encodeGap(next, last, 'lost') }
  }

  async close(): Promise<void> {
    const file = this.#file
    this.#file = undefined
    await file?.close()
  }

  async #readLines(): Promise<Buffer | undefined> {
    if (this.#file === undefined) return undefined
    const lines = await readWholeLines(this.#file, this.#offset)
    if (lines === undefined) return undefined
    const first = lineSequences(lines.toString('latin1', 0, lines.indexOf(NEWLINE)))?.first
    if (first !== undefined && this.#next !== undefined && first > this.#next) {
      const from = this.#next
      this.#next = first
      return this.#encodeGap(from, first - 1, 'lost')
    }
    this.#offset += lines.length
    const lastStart = lines.lastIndexOf(NEWLINE, lines.length - 2) + 1
    const last = lineSequences(lines.toString('latin1', lastStart, lines.length - 1))?.last
    if (last !== undefined) this.#next = last + 1
    return lines
  }

  /** Opens the segment in which reading goes on, if there is one. */
  async #openNext(): Promise<boolean> {
    for (;;) {
      const segments = await listSegments(this.#directory)
      const segment = await this.#choose(segments)
      if (segment === undefined) return false
      try {
        this.#file = await open(segment.path, 'r')
      } catch (error) {
        if (isMissing(error)) continue // removed since the listing
        throw error
      }
      await this.#enter(segment)
      return true
    }
  }

  async #choose(segments: readonly Segment[]): Promise<Segment | undefined> {
    const start = this.#start
    if (start === undefined) return segments.find(({ first }) => first > this.#segment)
    if (start.kind === 'after') return segments.findLast(({ first }) => first <= start.sequence + 1) ?? segments[0]
    if (start.kind === 'place') return segments.find(({ first }) => first >= start.segment)
    return segmentAt(segments, start.at)
  }

  async #enter(segment: Segment): Promise<void> {
    const start = this.#start
    this.#start = undefined
    this.#segment = segment.first
    this.#offset = 0
    if (this.#next !== undefined && segment.first > this.#next) {
      this.#gap = this.#encodeGap(this.#next, segment.first - 1, 'retention')
      this.#next = segment.first
    } else if (start !== undefined) {
      this.#offset = await this.#findStart(start)
    }
  }

  async #findStart(start: Start): Promise<number> {
    if (start.kind === 'place') return start.segment === this.#segment ? start.offset : 0
    if (this.#file === undefined) return 0
    if (start.kind === 'after') {
      return findLine(this.#file, line => {
        const last = lineSequences(line)?.last
        return last === undefined ? undefined : last > start.sequence
      })
    }
    return findLine(this.#file, line => {
      const at = lineTime(line)
      return at === undefined ? undefined : at >= start.at
    })
  }

  async #hasLaterSegment(): Promise<boolean> {
    return (await listSegments(this.#directory)).some(({ first }) => first > this.#segment)
  }

  #takeGap(): Buffer | undefined {
    const gap = this.#gap
    this.#gap = undefined
    return gap
  }

  #encodeGap(from: number, to: number, reason: 'retention' | 'lost'): Buffer {
    return Buffer.from(encodeGap({ source: this.source, from, to, reason }))
  }

  /** The last sequence number of an ended source. */
  async #readMarker(): Promise<number | undefined> {
    try {
      return Number(await readFile(join(this.#directory, ENDED_MARKER), 'latin1'))
    } catch (error) {
      if (isMissing(error)) return undefined
      throw error
    }
  }
}

/** The last segment that begins before the time, else the first one. */
async function segmentAt(segments: readonly Segment[], at: string): Promise<Segment | undefined> {
  let low = 0
  let high = segments.length
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    const segment = segments[middle]
    const first = segment && (await firstTime(segment.path))
    if (first !== undefined && first >= at) high = middle
    else low = middle
  }
  return segments[low]
}

async function firstTime(path: string): Promise<string | undefined> {
  try {
    await using file = await open(path, 'r')
    const lines = await readWholeLines(file, 0)
    for (const line of lines?.toString('latin1').split('\n') ?? []) {
      const at = lineTime(line)
      if (at !== undefined) return at
    }
    return undefined
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}
