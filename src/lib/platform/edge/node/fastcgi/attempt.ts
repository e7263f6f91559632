import { connect } from 'node:net'
import { pipeline } from 'node:stream/promises'
import type { Endpoint } from '../endpoints.ts'
import type { Exchange } from '../exchange.ts'
import { answerPage } from '../pages.ts'
import type { Attempt } from '../proxy.ts'
import type { Script } from '../static-files.ts'
import { cgiParams } from './params.ts'
import { parseHead } from './head.ts'
import { beginRequest, RECORD, recordReader, stdin } from './records.ts'

/* A FastCGI responder's client. The packages on npm are from 2016 and before, so this is our own. */

export interface FastcgiOptions {
  readonly cookie?: string | undefined
  /** Absent: no script answers for the path. */
  readonly script?: Script | undefined
  /** The application's directory as the process behind the endpoint sees it. */
  readonly appDirectory: string
}

/** Lets php-fpm, or whatever speaks FastCGI there, answer the request. */
export async function fastcgiAttempt(
  exchange: Exchange,
  endpoint: Endpoint,
  { appDirectory, cookie, script }: FastcgiOptions,
): Promise<Attempt> {
  const { request, response } = exchange
  if (!script) return answered(exchange, 404, 'There is no such file, and no script that answers for it.')
  if (request.headers['transfer-encoding'] !== undefined) return answered(exchange, 411, 'The body needs a length.')
  const socket = connect(endpoint.target)
  const onClose = (): void => void socket.destroy()
  response.once('close', onClose)
  try {
    await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject))
    socket.write(beginRequest(cgiParams(exchange, { appDirectory, script })))
    const sent = sendBody(exchange, chunk => write(socket, chunk))
    // The application may answer without reading the body; then this fails, and does not matter.
    sent.catch(() => undefined)
    await pipeline(responseBody(socket, exchange, cookie), response)
    return { kind: 'done' }
  } catch (error) {
    if (response.headersSent || exchange.signal.aborted) {
      response.destroy()
      return { kind: 'done' }
    }
    return { error: toError(error), kind: 'failed', refused: socket.bytesWritten === 0 }
  } finally {
    response.off('close', onClose)
    socket.destroy()
  }
}

async function answered(exchange: Exchange, status: number, text: string): Promise<Attempt> {
  answerPage(exchange.response, status, { text })
  await exchange.closed
  return { kind: 'done' }
}

async function sendBody(exchange: Exchange, send: (chunk: Buffer) => Promise<void>): Promise<void> {
  const { request } = exchange
  if (Number(request.headers['content-length'] ?? 0) > 0) {
    exchange.bodyStarted = true
    for await (const chunk of request) if (Buffer.isBuffer(chunk)) await send(stdin(chunk))
  }
  await send(stdin(Buffer.alloc(0)))
}

function write(socket: ReturnType<typeof connect>, chunk: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.write(chunk, error => (error ? reject(error) : resolve()))
  })
}

/** Writes the head to the response as soon as it is there and yields the body. @throws when it breaks off */
async function* responseBody(
  socket: AsyncIterable<Buffer>,
  { response }: Exchange,
  cookie: string | undefined,
): AsyncGenerator<Buffer> {
  const read = recordReader()
  let head: Buffer | undefined = Buffer.alloc(0)
  for await (const bytes of socket) {
    for (const { content, type } of read(bytes)) {
      if (type === RECORD.end) return
      if (type !== RECORD.stdout || content.length === 0) continue
      if (!head) {
        yield content
        continue
      }
      head = Buffer.concat([head, content])
      const parsed = parseHead(head)
      if (!parsed) continue
      const body = head.subarray(parsed.bodyAt)
      head = undefined
      for (const [name, value] of parsed.head.headers) response.appendHeader(name, value)
      if (cookie !== undefined) response.appendHeader('Set-Cookie', cookie)
      response.writeHead(parsed.head.status)
      if (body.length > 0) yield body
    }
  }
  throw new Error('the connection ended before the response')
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error))
}
