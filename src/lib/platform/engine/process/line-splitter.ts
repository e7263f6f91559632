import { StringDecoder } from 'node:string_decoder'

const LONGEST_LINE = 64 * 1024

/** Cuts a byte stream into lines of text (UTF-8), longer ones into pieces of 64 Ki characters. */
export class LineSplitter {
  readonly #decoder = new StringDecoder('utf8')
  #rest = ''

  push(chunk: Buffer): string[] {
    const parts = (this.#rest + this.#decoder.write(chunk)).split('\n')
    this.#rest = parts.pop() ?? ''
    const lines = parts.flatMap(line => pieces(line.endsWith('\r') ? line.slice(0, -1) : line))
    while (this.#rest.length > LONGEST_LINE) {
      lines.push(this.#rest.slice(0, LONGEST_LINE))
      this.#rest = this.#rest.slice(LONGEST_LINE)
    }
    return lines
  }

  /** A last line without its end. */
  flush(): string[] {
    const rest = this.#rest + this.#decoder.end()
    this.#rest = ''
    return rest === '' ? [] : pieces(rest)
  }
}

function pieces(line: string): string[] {
  if (line.length <= LONGEST_LINE) return [line]
  const found: string[] = []
  for (let from = 0; from < line.length; from += LONGEST_LINE) found.push(line.slice(from, from + LONGEST_LINE))
  return found
}
