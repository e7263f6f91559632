/** Bytes of a whole, both inclusive. */
export interface ByteRange {
  readonly start: number
  readonly end: number
}

/**
 * What a `Range` header asks for (RFC 9110, 14.2): undefined where it asks for nothing that we know, so that all of it is
 * sent; `unsatisfiable` beyond the end. Of several ranges none is served.
 */
export function parseRange(header: string | undefined, size: number): ByteRange | 'unsatisfiable' | undefined {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/i.exec(header?.trim() ?? '') ?? []
  if (first === '') return last === '' ? undefined : within(Math.max(0, size - Number(last)), size - 1)
  if (last === '') return within(Number(first), size - 1)
  return Number(last) < Number(first) ? undefined : within(Number(first), Math.min(Number(last), size - 1))
}

function within(start: number, end: number): ByteRange | 'unsatisfiable' {
  return start > end ? 'unsatisfiable' : { end, start }
}
