/** Status and headers of a CGI response (RFC 3875, 6.3). */
export interface CgiHead {
  readonly status: number
  readonly headers: readonly (readonly [name: string, value: string])[]
}

const MAX_BYTES = 64 * 1024

/** The head, and where the body begins; undefined while it is not whole. @throws when it is too large to be one */
export function parseHead(bytes: Buffer): { head: CgiHead; bodyAt: number } | undefined {
  const text = bytes.subarray(0, MAX_BYTES).toString('latin1')
  const end = /\r?\n\r?\n/.exec(text)
  if (!end) {
    if (bytes.length >= MAX_BYTES) throw new Error(`the response's headers are larger than ${MAX_BYTES} bytes`)
    return undefined
  }
  const fields = text
    .slice(0, end.index)
    .split(/\r?\n/)
    .flatMap(line => {
      const colon = line.indexOf(':')
      return colon > 0 ? [[line.slice(0, colon).trim(), line.slice(colon + 1).trim()] as const] : []
    })
  const find = (wanted: string) => fields.find(([name]) => name.toLowerCase() === wanted)?.[1]
  const status = Number.parseInt(find('status') ?? (find('location') === undefined ? '200' : '302'), 10)
  return {
    bodyAt: end.index + end[0].length,
    head: {
      headers: fields.filter(([name]) => name.toLowerCase() !== 'status'),
      status: status >= 200 && status <= 599 ? status : 502,
    },
  }
}
