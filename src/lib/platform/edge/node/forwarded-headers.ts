import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import type { Entrance } from './exchange.ts'

/** Belong to one connection and are not forwarded (RFC 9110, 7.6.1). `Transfer-Encoding` stays: it tells that there is a body. */
const HOP_BY_HOP = [
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'upgrade',
]

/** What clients say about who they came from: the edge is the first hop, so it knows better. */
const FORWARDED = ['forwarded', 'x-forwarded-server', 'x-forwarded-prefix', 'x-real-ip']

/** Removes what belongs to the connection, also what its `Connection` header names. */
export function removeHopByHop(headers: IncomingHttpHeaders): void {
  for (const name of (headers.connection ?? '').split(',')) {
    const listed = name.trim().toLowerCase()
    if (listed !== '' && listed !== 'transfer-encoding' && listed !== 'content-length') delete headers[listed]
  }
  delete headers.connection
  for (const name of HOP_BY_HOP) delete headers[name]
}

/** Puts the request's headers into the form in which applications get them. */
export function prepareRequestHeaders(request: IncomingMessage, { id, entrance }: { id: string; entrance: Entrance }) {
  const { headers, socket } = request
  const upgrade = headers.upgrade
  removeHopByHop(headers)
  if (upgrade?.toLowerCase() === 'websocket') Object.assign(headers, { connection: 'Upgrade', upgrade: 'websocket' })
  // Node has answered `100 Continue` already.
  delete headers.expect
  for (const name of FORWARDED) delete headers[name]
  headers['x-forwarded-for'] = (socket.remoteAddress ?? '127.0.0.1').replace(/^::ffff:/, '')
  headers['x-forwarded-host'] = headers.host ?? ''
  headers['x-forwarded-port'] = String(entrance.port)
  headers['x-forwarded-proto'] = entrance.scheme
  headers['x-request-id'] = id
}
