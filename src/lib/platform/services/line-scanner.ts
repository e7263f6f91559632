const NEWLINE = 10
/** Of a line that lies in several chunks, so much is kept: what is looked for stands at the beginning. */
const KEPT_BYTES = 64 * 1024

/** A line without its end, as a range of a buffer: valid during the call only, so that nothing is copied. */
export interface Line {
  readonly buffer: Buffer
  readonly start: number
  readonly end: number
  /** Its last byte, also of one of which only the beginning is kept; undefined of an empty line. */
  readonly last: number | undefined
}

export interface LineScanner {
  write(chunk: Uint8Array): void
  /** Hands on a last line without an end. */
  end(): void
}

export function createLineScanner(onLine: (line: Line) => void): LineScanner {
  const line: { -readonly [Key in keyof Line]: Line[Key] } = {
    buffer: Buffer.alloc(0),
    end: 0,
    last: undefined,
    start: 0,
  }
  let rest: Buffer = Buffer.alloc(0)
  let last: number | undefined
  let hasRest = false

  const hand = (buffer: Buffer, start: number, end: number): void => {
    line.buffer = buffer
    line.start = start
    line.end = end
    line.last = last
    onLine(line)
  }
  const keep = (piece: Buffer): void => {
    last = piece.at(-1) ?? last
    if (rest.length < KEPT_BYTES) rest = Buffer.concat([rest, piece.subarray(0, KEPT_BYTES - rest.length)])
    hasRest = true
  }
  const flush = (): void => {
    hand(rest, 0, rest.length)
    rest = Buffer.alloc(0)
    hasRest = false
    last = undefined
  }
  return {
    end: () => void (hasRest && flush()),
    write(bytes) {
      const chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
      for (let start = 0; start < chunk.length;) {
        const end = chunk.indexOf(NEWLINE, start)
        if (end === -1) return keep(chunk.subarray(start))
        if (hasRest) {
          keep(chunk.subarray(start, end))
          flush()
        } else {
          last = end > start ? chunk[end - 1] : undefined
          hand(chunk, start, end)
        }
        start = end + 1
      }
    },
  }
}

export function startsWith({ buffer, end, start }: Line, text: Buffer): boolean {
  return (
    buffer[start] === text[0] &&
    end - start >= text.length &&
    buffer.compare(text, 0, text.length, start, start + text.length) === 0
  )
}

export function isLine(line: Line, text: Buffer): boolean {
  return line.end - line.start === text.length && startsWith(line, text)
}

export function textOf({ buffer, end, start }: Line): string {
  return buffer.toString('utf8', start, end)
}
