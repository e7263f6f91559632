import { createId } from '../core/ids.ts'
import { REQUEST_ID_HEADER } from '../protocol/headers.ts'
import type { Address } from './address.ts'
import { type Call, elapsedMs, type HttpRequest, isTransient } from './call.ts'
import { type HttpResponse, readJson } from './response.ts'
import { type Incoming, type Outgoing, ProxyRefusal } from './sender.ts'

const DEADLINE_MS = 60_000
const CONNECT_TIMEOUT_MS = 10_000
/** Too many requests, or a gateway or server that is busy or restarts. */
const BUSY = [429, 502, 503, 504]
const REDIRECTS = [301, 302, 303, 307, 308]

/**
 * Sends a request and hands the answer to `read`, whatever its status; what `read` leaves of the body is dropped.
 * Repeatable requests are sent again, up to three times with jittered back-off and as `Retry-After` asks: after a lost
 * connection (also one lost inside `read`) and after 429, 502, 503 and 504. Redirects are followed, with credentials only
 * to the same origin.
 * @throws what `read` throws; unavailable.network, .timeout, .proxy, .tls, .busy, .answer; auth.proxy, usage.proxy,
 *   usage.certificates; the signal's reason. Each AppError names the call in `details.requestId` and holds no known secret.
 */
export async function exchange<T>(
  address: Address,
  request: HttpRequest,
  read: (response: HttpResponse) => Promise<T>,
): Promise<T> {
  const call = openCall(address, request)
  const repeatable = request.repeatable ?? ['DELETE', 'GET', 'PUT'].includes(request.method)
  const isOnly = !repeatable || isStream(request.body)
  try {
    return await attempt(call, 1, { isLast: isOnly, read })
  } catch (error) {
    if (isOnly || !isTransient(error)) throw error
    const { repeat } = await import('./repeat.ts')
    return repeat((number, isLast) => attempt(call, number, { isLast, read }), { call, first: error })
  }
}

/**
 * The JSON of a successful answer; undefined when it is empty.
 * @throws the error that the server's body describes, and as `exchange` does
 */
export function requestJson(address: Address, request: HttpRequest): Promise<unknown> {
  return exchange(address, request, readJson)
}

function openCall(address: Address, request: HttpRequest): Call {
  const deadlineMs = request.deadlineMs ?? DEADLINE_MS
  const deadline = AbortSignal.timeout(deadlineMs)
  return {
    address,
    connectTimeoutMs: request.connectTimeoutMs ?? CONNECT_TIMEOUT_MS,
    deadline,
    endsAt: elapsedMs() + deadlineMs,
    request,
    requestId: createId('req'),
    signal: AbortSignal.any([request.signal, deadline]),
  }
}

async function attempt<T>(
  call: Call,
  number: number,
  { isLast, read }: { isLast: boolean; read: (response: HttpResponse) => Promise<T> },
): Promise<T> {
  let incoming: Incoming | undefined
  let lost: unknown
  try {
    incoming = await sendAndFollow(call, number)
    incoming.body.on('error', error => (lost = error))
    const { headers, status } = incoming
    if (status === 407) throw new ProxyRefusal(status)
    call.requestId = headers[REQUEST_ID_HEADER] ?? call.requestId
    if (!isLast && BUSY.includes(status)) throw await busy(call, incoming)
    return await read({ address: call.address, body: incoming.body, headers, requestId: call.requestId, status })
  } catch (cause) {
    call.request.signal.throwIfAborted()
    const { explainFailure } = await import('./failure.ts')
    throw await explainFailure(cause, call, { isNetwork: incoming === undefined || lost !== undefined })
  } finally {
    incoming?.body.destroy()
  }
}

async function busy({ address }: Call, incoming: Incoming): Promise<Error> {
  const { toBusy } = await import('./repeat.ts')
  return toBusy(address, incoming)
}

async function sendAndFollow(call: Call, number: number): Promise<Incoming> {
  const { network } = call.address
  const sender = await network.sender()
  const trace = await network.trace()
  let outgoing = toOutgoing(call)
  for (let hops = 0; ; hops++) {
    const traced = await trace?.begin(outgoing, { call, number })
    const incoming = await sender.send(outgoing).catch((error: unknown) => {
      traced?.failed(error)
      throw error
    })
    const shown = traced?.answered(incoming) ?? incoming
    if (!REDIRECTS.includes(incoming.status)) return shown
    const { nextHop } = await import('./redirect.ts')
    outgoing = nextHop(outgoing, shown, hops)
  }
}

function toOutgoing({ address, connectTimeoutMs, request, requestId, signal }: Call): Outgoing {
  const { network, socketPath, token, url } = address
  const { body, method, path } = request
  const headers = {
    accept: 'application/json',
    ...typeOf(body),
    ...(token ? { authorization: `Bearer ${token()}` } : {}),
    ...(request.requestId === 'server' ? {} : { [REQUEST_ID_HEADER]: requestId }),
    ...request.headers,
  }
  network.redaction.learnFrom(headers, body)
  return { body: encode(body), connectTimeoutMs, headers, method, signal, socketPath, url: new URL(path, url) }
}

/** Bytes need no type: RFC 9110, 8.3 has them taken as octets, and small requests stay small. */
function typeOf(body: unknown): Record<string, string> {
  if (body === undefined || body instanceof Uint8Array || isStream(body)) return {}
  return { 'content-type': body instanceof URLSearchParams ? 'application/x-www-form-urlencoded' : 'application/json' }
}

function encode(body: unknown): Outgoing['body'] {
  if (body === undefined || body instanceof Uint8Array || isStream(body)) return body
  return body instanceof URLSearchParams ? body.toString() : JSON.stringify(body)
}

function isStream(body: unknown): body is AsyncIterable<Uint8Array> {
  return typeof body === 'object' && body !== null && Symbol.asyncIterator in body
}
