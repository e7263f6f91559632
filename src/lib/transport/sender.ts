import type { Readable } from 'node:stream'

/** One request as it goes out. */
export interface Outgoing {
  readonly method: string
  readonly url: URL
  /** Unix socket or named pipe that is used instead of TCP. */
  readonly socketPath: string | undefined
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Uint8Array | AsyncIterable<Uint8Array> | undefined
  /** Ends the request, and the body of its answer, at once. */
  readonly signal: AbortSignal
  /** Until there is a connection, TLS and a proxy's tunnel included. */
  readonly connectTimeoutMs: number
}

/** An answer whose headers are there; its body ends with an error when the connection is lost. */
export interface Incoming {
  readonly status: number
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Readable
}

/** Sends each request once: what is repeated, followed or explained is decided above it. */
export interface Sender {
  /** Rejects with what the library underneath throws, or with one of the errors below. */
  send(request: Outgoing): Promise<Incoming>
}

/** A proxy that did not open a tunnel. */
export class ProxyRefusal extends Error {
  readonly status: number

  constructor(status: number) {
    super(`the proxy answered with HTTP status ${status}`)
    this.status = status
  }
}

/** No connection within the time for it. */
export class ConnectTimeout extends Error {}

export function flattenHeaders(headers: Readonly<Record<string, string | string[] | undefined>>): Incoming['headers'] {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')]),
  )
}
