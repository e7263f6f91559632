import { StringDecoder } from 'node:string_decoder'

export interface LinesOptions {
  /** Longer lines come in pieces of this many characters; 65,536 unless told. */
  readonly maxLength?: number | undefined
}

/**
 * The lines of a stream of text or UTF-8 bytes, without their ends (`\n` or `\r\n`); a last one without an end counts.
 * Ends with the source, and throws what it throws.
 */
export async function* lines(
  source: AsyncIterable<string | Uint8Array>,
  { maxLength = 65_536 }: LinesOptions = {},
): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8')
  let rest = ''
  for await (const chunk of source) {
    const text = rest + (typeof chunk === 'string' ? chunk : decoder.write(chunk))
    let start = 0
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
      yield* pieces(withoutReturn(text.slice(start, end)), maxLength)
      start = end + 1
    }
    rest = text.slice(start)
    while (rest.length > maxLength) {
      const cut = cutAt(rest, maxLength)
      yield rest.slice(0, cut)
      rest = rest.slice(cut)
    }
  }
  rest += decoder.end()
  if (rest !== '') yield* pieces(withoutReturn(rest), maxLength)
}

function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line
}

function* pieces(line: string, maxLength: number): Generator<string> {
  let start = 0
  while (line.length - start > maxLength) {
    const end = start + cutAt(line.slice(start, start + maxLength + 1), maxLength)
    yield line.slice(start, end)
    start = end
  }
  yield start === 0 ? line : line.slice(start)
}

/** Not between the two halves of a surrogate pair. */
function cutAt(text: string, length: number): number {
  const code = text.charCodeAt(length - 1)
  return length > 1 && code >= 0xd800 && code <= 0xdbff ? length - 1 : length
}
