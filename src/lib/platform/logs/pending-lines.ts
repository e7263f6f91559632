import { encodeGap } from './encode.ts'

/** Lines to be written together. */
export interface Chunk {
  readonly first: number
  last: number
  text: string
}

/** Worth writing at once. */
const ENOUGH = 65_536
/** Longest chunk: what gathers while another one is being written goes out together. */
const LONGEST_CHUNK = 524_288
/** What may wait for a disk that is slow or full, in characters. */
const MAX_PENDING = 8 * 1024 * 1024

/** What is appended and not written yet, in chunks; what does not fit is counted and becomes a gap. */
export class PendingLines {
  readonly #source: string
  readonly #chunks: Chunk[] = []
  #length = 0
  #dropped: { readonly from: number; to: number } | undefined

  readonly #chunkLength: number

  constructor(source: string, segmentBytes: number) {
    this.#source = source
    this.#chunkLength = Math.min(LONGEST_CHUNK, segmentBytes)
  }

  get isEmpty(): boolean {
    return this.#chunks.length === 0 && this.#dropped === undefined
  }

  get isFull(): boolean {
    return this.#length >= MAX_PENDING
  }

  get isEnough(): boolean {
    return this.#length >= ENOUGH
  }

  /** Takes a line, or drops it when too much is waiting. */
  add(sequence: number, line: string): void {
    if (this.isFull) return this.drop(sequence)
    this.#closeGap()
    this.#push(sequence, sequence, line)
  }

  drop(sequence: number): void {
    if (this.#dropped === undefined) this.#dropped = { from: sequence, to: sequence }
    else this.#dropped.to = sequence
  }

  /** The oldest chunk, to be written; no longer counted as waiting once `done` is called with it. */
  take(): Chunk | undefined {
    if (this.#chunks.length === 0) this.#closeGap()
    return this.#chunks.shift()
  }

  done(chunk: Chunk): void {
    this.#length -= chunk.text.length
  }

  #closeGap(): void {
    if (this.#dropped === undefined) return
    const { from, to } = this.#dropped
    this.#dropped = undefined
    this.#push(from, to, encodeGap({ source: this.#source, from, to, reason: 'overflow' }))
  }

  #push(first: number, last: number, text: string): void {
    this.#length += text.length
    const chunk = this.#chunks.at(-1)
    if (chunk === undefined || chunk.text.length >= this.#chunkLength) {
      this.#chunks.push({ first, last, text })
      return
    }
    chunk.last = last
    chunk.text += text
  }
}
