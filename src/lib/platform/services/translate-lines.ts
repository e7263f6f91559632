import { Transform } from 'node:stream'

const NEWLINE = 10
/** By so much of its beginning a line is known for data. */
const HEAD_BYTES = 64

/** Lines without their ends, each byte a character (latin1), so that whatever encoding they have stays. */
export interface LineTranslator {
  /** By its first bytes, perhaps all of it: whether a line goes on untouched. Asked again as more of it arrives. */
  isData(head: Buffer): boolean
  /** A line that went on untouched has ended, with this byte. */
  onDataEnd?(last: number): void
  /** What stands instead of the line; undefined: nothing. */
  translate(line: string): string | undefined
}

/** Rewrites a text as it streams. Lines that are data may be of any length: they are not held. */
export function translateLines(translator: LineTranslator): Transform {
  let held: Buffer = Buffer.alloc(0)
  let isInData = false
  let last = 0

  const translated = (line: Buffer): Buffer[] => {
    const text = translator.translate(line.toString('latin1').replace(/\n$/, ''))
    return text === undefined ? [] : [Buffer.from(line.at(-1) === NEWLINE ? `${text}\n` : text, 'latin1')]
  }
  const pass = (piece: Buffer, isEnd: boolean): Buffer[] => {
    last = piece.at(isEnd ? -2 : -1) ?? last
    if (isEnd) translator.onDataEnd?.(last)
    isInData = !isEnd
    return [piece]
  }
  const take = (piece: Buffer, isEnd: boolean): Buffer[] => {
    if (isInData) return pass(piece, isEnd)
    const line = held.length === 0 ? piece : Buffer.concat([held, piece])
    held = Buffer.alloc(0)
    if (isEnd || line.length >= HEAD_BYTES) {
      if (translator.isData(line)) return pass(line, isEnd)
      if (isEnd) return translated(line)
    }
    held = line
    return []
  }
  return new Transform({
    flush(done) {
      done(null, Buffer.concat(held.length > 0 ? translated(held) : []))
    },
    transform(chunk: Buffer, _encoding, done) {
      const output: Buffer[] = []
      for (let start = 0; start < chunk.length;) {
        const newline = chunk.indexOf(NEWLINE, start)
        const end = newline === -1 ? chunk.length : newline + 1
        output.push(...take(chunk.subarray(start, end), newline !== -1))
        start = end
      }
      done(null, Buffer.concat(output))
    },
  })
}
