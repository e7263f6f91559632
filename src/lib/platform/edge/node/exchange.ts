import type { IncomingMessage, ServerResponse } from 'node:http'
import { createId } from '../../../core/ids.ts'
import { splitTarget } from './paths.ts'

/** The listener that a request came in by. */
export interface Entrance {
  readonly scheme: 'http' | 'https'
  readonly port: number
  /** The port stands for one site, whatever the Host header says. */
  readonly dedicated: boolean
}

/** One request with its response, on its way through the edge. */
export interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly entrance: Entrance
  readonly id: string
  readonly path: string
  /** With its `?`, or empty. */
  readonly query: string
  /** Aborts when the client is gone or the response is finished. */
  readonly signal: AbortSignal
  /** Resolves then. */
  readonly closed: Promise<void>
  /** Facts for the access log. */
  readonly served: { service?: string; instance?: string | undefined; address?: string }
  /** Whether the client's body was begun to be read: from then on it cannot be sent again. */
  bodyStarted: boolean
}

const CLIENT_ID = /^[\w.:-]{1,128}$/

export function createExchange(request: IncomingMessage, response: ServerResponse, entrance: Entrance): Exchange {
  const controller = new AbortController()
  const closed = new Promise<void>(resolve => {
    response.once('close', () => {
      controller.abort()
      resolve()
    })
  })
  const given = request.headers['x-request-id']
  return {
    bodyStarted: false,
    closed,
    entrance,
    id: typeof given === 'string' && CLIENT_ID.test(given) ? given : createId('req'),
    request,
    response,
    served: {},
    signal: controller.signal,
    ...splitTarget(request.url ?? '/'),
  }
}
