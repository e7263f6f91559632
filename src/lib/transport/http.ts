import type { IncomingMessage, RequestOptions, request as httpRequest } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { AppError, isAppError } from '../core/errors.ts'
import { type Address, describeAddress } from './address.ts'

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** With the query. */
  readonly path: string
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** A value is sent as JSON; bytes and streams as they are. */
  readonly body?: unknown
  readonly signal: AbortSignal
  /** Time until the answer is complete, ms; 60 s unless said. */
  readonly deadlineMs?: number | undefined
  /** Whether it may be sent again when it is not known to have arrived; GET, PUT and DELETE may. */
  readonly repeatable?: boolean | undefined
}

const DEADLINE_MS = 60_000
const RETRIES = 3

/**
 * Sends a request and reads the JSON answer (undefined when empty). Repeatable requests are sent again with jittered
 * back-off after a lost connection, 429 or 503.
 * @throws the error the server's body describes; unavailable.network, unavailable.timeout
 */
export async function requestJson(address: Address, request: HttpRequest): Promise<unknown> {
  const repeatable = request.repeatable ?? ['DELETE', 'GET', 'PUT'].includes(request.method)
  if (!repeatable || isStream(request.body)) return attempt(address, request)
  try {
    return await attempt(address, request)
  } catch (error) {
    if (!isTransient(error)) throw error
    const { default: retry } = await import('p-retry')
    return retry(() => attempt(address, request), {
      minTimeout: 100,
      randomize: true,
      retries: RETRIES,
      shouldRetry: ({ error: again }) => isTransient(again),
      signal: request.signal,
    })
  }
}

function isTransient(error: unknown): boolean {
  return isAppError(error) && (error.code === 'unavailable.network' || error.code === 'unavailable.busy')
}

async function attempt(address: Address, request: HttpRequest): Promise<unknown> {
  const deadline = AbortSignal.timeout(request.deadlineMs ?? DEADLINE_MS)
  const signal = AbortSignal.any([request.signal, deadline])
  try {
    const response = await send(address, request, signal)
    const text = await readText(response)
    if ((response.statusCode ?? 500) >= 400) {
      const { toAppError } = await import('./error-body.ts')
      throw toAppError(response, text, describeAddress(address))
    }
    return text === '' ? undefined : JSON.parse(text)
  } catch (cause) {
    request.signal.throwIfAborted()
    if (isAppError(cause)) throw cause
    const where = describeAddress(address)
    if (deadline.aborted) throw new AppError('unavailable.timeout', `${where} did not answer in time`, { cause })
    throw new AppError('unavailable.network', `${where} cannot be reached${reasonOf(cause)}`, { cause })
  }
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error && 'code' in cause ? `: ${String(cause.code)}` : ''
}

function send(address: Address, request: HttpRequest, signal: AbortSignal): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const url = new URL(request.path, address.url)
    const options: RequestOptions = {
      headers: headersOf(address, request),
      method: request.method,
      signal,
      ...(address.socketPath === undefined ? {} : { socketPath: address.socketPath }),
    }
    const outgoing = requester(url)(url, options, resolve)
    outgoing.on('error', reject)
    const { body } = request
    if (isStream(body)) pipeline(Readable.from(body), outgoing).catch(reject)
    else outgoing.end(body === undefined || body instanceof Uint8Array ? body : JSON.stringify(body))
  })
}

/** Not by `import`: that reads all exports, and getters of node:http load undici, which takes longer than most requests. */
function requester({ protocol }: URL): typeof httpRequest {
  return process.getBuiltinModule(protocol === 'https:' ? 'node:https' : 'node:http').request
}

function headersOf({ token }: Address, { body, headers }: HttpRequest): Record<string, string> {
  // bytes need no type: RFC 9110, 8.3 has them taken as octets, and small requests stay small
  const isJson = body !== undefined && !(body instanceof Uint8Array) && !isStream(body)
  return {
    accept: 'application/json',
    ...(isJson ? { 'content-type': 'application/json' } : {}),
    ...(token ? { authorization: `Bearer ${token()}` } : {}),
    ...headers,
  }
}

function isStream(body: unknown): body is AsyncIterable<Uint8Array> {
  return typeof body === 'object' && body !== null && Symbol.asyncIterator in body
}

async function readText(response: IncomingMessage): Promise<string> {
  response.setEncoding('utf8')
  let text = ''
  for await (const chunk of response) text += String(chunk)
  return text
}
