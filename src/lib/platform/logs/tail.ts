import { open, type FileHandle } from 'node:fs/promises'
import type { LineFilter } from './filter.ts'
import { lineTime } from './line-time.ts'
import { BLOCK_BYTES, linesOf } from './segment-lines.ts'
import { isMissing, listSegments, type Segment } from './segments.ts'
import type { Start } from './source-reader.ts'

interface Line {
  readonly at: string
  readonly place: Start
}

const NEWLINE = 10
/** Begins at the first record, whenever that comes. */
const FROM_FIRST: Start = { kind: 'after', sequence: 0 }

/**
 * Where each source has to begin so that the last `count` records over all of them follow, in the order given. Reads
 * backwards, one block of each source at a time.
 */
export async function findTail(directories: readonly string[], count: number, isWanted?: LineFilter): Promise<Start[]> {
  const readers = directories.map(directory => new BackwardReader(directory, isWanted))
  try {
    const starts: Start[] = []
    for (const reader of readers) starts.push(await reader.end())
    for (let left = count; left > 0; left--) {
      const latest = await latestOf(readers)
      if (latest === undefined) break
      starts[latest.index] = latest.line.place
      latest.reader.drop()
    }
    return starts
  } finally {
    for (const reader of readers) await reader.close()
  }
}

async function latestOf(readers: readonly BackwardReader[]) {
  let latest: { readonly index: number; readonly line: Line; readonly reader: BackwardReader } | undefined
  for (const [index, reader] of readers.entries()) {
    const line = reader.peek() ?? (await reader.load())
    if (line !== undefined && (latest === undefined || line.at > latest.line.at)) latest = { index, line, reader }
  }
  return latest
}

/** The records of one source from the last to the first. */
class BackwardReader {
  readonly #directory: string
  readonly #isWanted: LineFilter | undefined
  #segments: Segment[] | undefined
  #file: FileHandle | undefined
  #segment = 0
  /** Everything from here on has been read; the end of a line. */
  #offset = 0
  #lines: Line[] = []

  constructor(directory: string, isWanted: LineFilter | undefined) {
    this.#directory = directory
    this.#isWanted = isWanted
  }

  /** Behind the last whole record there is now. */
  async end(): Promise<Start> {
    if (!(await this.#openBefore())) return FROM_FIRST
    return { kind: 'place', segment: this.#segment, offset: this.#offset }
  }

  peek(): Line | undefined {
    return this.#lines.at(-1)
  }

  drop(): void {
    this.#lines.pop()
  }

  /** Reads on until there is a record; undefined when there is none before. */
  async load(): Promise<Line | undefined> {
    while (this.#lines.length === 0) {
      if (this.#offset === 0 && !(await this.#openBefore())) return undefined
      await this.#readBlock()
    }
    return this.peek()
  }

  async close(): Promise<void> {
    const file = this.#file
    this.#file = undefined
    await file?.close()
  }

  async #openBefore(): Promise<boolean> {
    this.#segments ??= await listSegments(this.#directory)
    await this.close()
    for (let segment = this.#segments.pop(); segment !== undefined; segment = this.#segments.pop()) {
      try {
        this.#file = await open(segment.path, 'r')
      } catch (error) {
        if (isMissing(error)) continue // removed since the listing
        throw error
      }
      this.#segment = segment.first
      this.#offset = await wholeLength(this.#file)
      return true
    }
    return false
  }

  async #readBlock(): Promise<void> {
    if (this.#file === undefined) return
    for (let length = BLOCK_BYTES; this.#offset > 0; length *= 4) {
      const from = Math.max(0, this.#offset - length)
      const block = Buffer.allocUnsafe(this.#offset - from)
      await this.#file.read(block, 0, block.length, from)
      const begin = from === 0 ? 0 : block.indexOf(NEWLINE) + 1
      if (begin === block.length) continue // a single line, longer than the block
      this.#collect(block.subarray(begin), from + begin)
      this.#offset = from + begin
      return
    }
  }

  #collect(block: Buffer, offset: number): void {
    const text = block.toString('latin1')
    for (const range of linesOf(block)) {
      const at = lineTime(text, range.start)
      if (at === undefined || this.#isWanted?.(block, text, range) === false) continue
      this.#lines.push({ at, place: { kind: 'place', segment: this.#segment, offset: offset + range.start } })
    }
  }
}

/** A file's length up to its last newline. */
async function wholeLength(file: FileHandle): Promise<number> {
  const { size } = await file.stat()
  for (let end = size; end > 0;) {
    const start = Math.max(0, end - BLOCK_BYTES)
    const block = Buffer.allocUnsafe(end - start)
    await file.read(block, 0, block.length, start)
    const newline = block.lastIndexOf(NEWLINE)
    if (newline !== -1) return start + newline + 1
    end = start
  }
  return 0
}
