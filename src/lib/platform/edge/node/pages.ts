import { STATUS_CODES, type ServerResponse } from 'node:http'

/** A small page of the edge's own. `text` may hold names from the configuration: it is escaped. */
export function answerPage(
  response: ServerResponse,
  status: number,
  { headers = {}, text }: { text: string; headers?: Readonly<Record<string, string>> },
): void {
  if (response.headersSent || response.destroyed) return
  const title = `${status} ${STATUS_CODES[status] ?? ''}`
  const body = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${title}</title></head>
<body><h1>${title}</h1><p>${escapeHtml(text)}</p></body></html>
`
  response.writeHead(status, {
    'Cache-Control': 'no-store',
    'Content-Length': Buffer.byteLength(body),
    'Content-Type': 'text/html; charset=utf-8',
    ...headers,
  })
  response.end(response.req.method === 'HEAD' ? undefined : body)
}

/** An answer without a body. */
export function answerRedirect(response: ServerResponse, location: string, code: number): void {
  if (response.headersSent || response.destroyed) return
  // A target from a configuration must not be able to break the header.
  response.writeHead(code, { 'Content-Length': 0, Location: encodeURI(location).replaceAll('%25', '%') })
  response.end()
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}
