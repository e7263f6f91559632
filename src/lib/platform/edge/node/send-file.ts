import type { ServerResponse } from 'node:http'
import { basename, dirname } from 'node:path'
import send from 'send'
import { type FoundFile, openInside } from './application-files.ts'
import type { Exchange } from './exchange.ts'
import { answerPage } from './pages.ts'
import type { LocationMatch } from './locations.ts'

/** Sends a file with Range, ETag and Last-Modified; only GET and HEAD. Resolves when the response is over. */
export async function sendFile(exchange: Exchange, file: FoundFile, location: LocationMatch): Promise<void> {
  const { request, response } = exchange
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    answerPage(response, 405, { headers: { Allow: 'GET, HEAD' }, text: 'This is a file.' })
    return exchange.closed
  }
  if (file.volume === undefined || process.platform !== 'linux') {
    startSending(exchange, file.path, { location, type: file.path })
    return exchange.closed
  }
  const handle = await openInside(file)
  if (!handle) return answerPage(response, 404, { text: 'There is no such file.' })
  try {
    startSending(exchange, `/proc/self/fd/${handle.fd}`, { location, type: file.path })
    await exchange.closed
  } finally {
    await handle.close()
  }
}

/** `type` is the name that tells the media type. */
function startSending(
  { request, response }: Exchange,
  path: string,
  { location, type }: { readonly location: LocationMatch; readonly type: string },
): void {
  for (const [name, value] of Object.entries(location.headers)) response.setHeader(name, value)
  const stream = send(request, encodeURIComponent(basename(path)), {
    cacheControl: location.expiresMs >= 0,
    // What may be served was decided on the path in the URL; the real file's own directories may begin with a dot.
    dotfiles: 'allow',
    index: false,
    maxAge: Math.max(0, location.expiresMs),
    root: dirname(path),
  })
  stream
    .on('headers', () => stream.type(type))
    .on('error', (error: unknown) => answerSendError(response, error))
    .pipe(response)
}

function answerSendError(response: ServerResponse, error: unknown): void {
  const status = typeof error === 'object' && error !== null && 'status' in error ? Number(error.status) : 500
  if (status !== 416) return answerPage(response, status, { text: 'The file cannot be sent.' })
  const range = response.getHeader('Content-Range')
  answerPage(response, 416, {
    headers: typeof range === 'string' ? { 'Content-Range': range } : {},
    text: 'The file has no such range.',
  })
}
