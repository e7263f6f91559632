/** What of `path` follows `prefix` when it begins with it at a segment's end: empty, or with a leading `/`. */
export function pathSuffix(prefix: string, path: string): string | undefined {
  const base = prefix.endsWith('/') ? prefix.slice(0, -1) : prefix
  if (!path.startsWith(base)) return undefined
  const suffix = path.slice(base.length)
  return suffix === '' || suffix.startsWith('/') ? suffix : undefined
}

/** Path and query (with its `?`, or empty) of a request target in origin or absolute form (RFC 9112, 3.2). */
export function splitTarget(url: string): { path: string; query: string } {
  const origin = /^https?:\/\/[^/?#]*(.*)$/is.exec(url)?.[1] ?? url
  const target = origin.startsWith('/') ? origin : `/${origin}`
  const mark = target.indexOf('?')
  return mark === -1 ? { path: target, query: '' } : { path: target.slice(0, mark), query: target.slice(mark) }
}

/** Decoded, dot segments and doubled slashes resolved; undefined for broken escapes and NUL bytes. */
export function decodePath(path: string): string | undefined {
  let decoded: string
  try {
    decoded = decodeURIComponent(path)
  } catch {
    return undefined
  }
  if (decoded.includes('\0')) return undefined
  const segments: string[] = []
  for (const segment of decoded.split('/')) {
    if (segment === '..') segments.pop()
    else if (segment !== '' && segment !== '.') segments.push(segment)
  }
  const trailing = /(^|\/)\.{0,2}$/.test(decoded) && segments.length > 0 ? '/' : ''
  return `/${segments.join('/')}${trailing}`
}
