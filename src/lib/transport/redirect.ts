import { AppError } from '../core/errors.ts'
import type { Incoming, Outgoing } from './sender.ts'

const MAX_HOPS = 5
/** What a stranger may learn of a request. */
const HARMLESS = ['accept', 'range', 'user-agent']

/**
 * The request to where the answer points. Another origin gets neither credentials nor bodies, and https is never left.
 * @throws unavailable.answer for what is not followed
 */
export function nextHop(outgoing: Outgoing, { body, headers, status }: Incoming, hops: number): Outgoing {
  body.resume()
  const { method, url } = outgoing
  const refuse = (why: string): AppError =>
    new AppError('unavailable.answer', `${url.origin} redirects ${method} ${url.pathname} ${why}`)
  const next = locate(headers['location'], url)
  if (!next) throw refuse('without saying where to')
  if (hops >= MAX_HOPS) throw refuse(`more than ${MAX_HOPS} times`)
  const mayPass = method === 'GET' || (status >= 307 && next.origin === url.origin && !isOnce(outgoing.body))
  if (!mayPass || isWeaker(outgoing, next)) throw refuse(`to ${next.origin}${next.pathname}: it is not sent there`)
  if (next.origin === url.origin) return { ...outgoing, url: next }
  const kept = Object.entries(outgoing.headers).filter(([name]) => HARMLESS.includes(name.toLowerCase()))
  return { ...outgoing, body: undefined, headers: Object.fromEntries(kept), url: next }
}

function locate(location: string | undefined, from: URL): URL | undefined {
  const next = location !== undefined && URL.canParse(location, from.href) ? new URL(location, from) : undefined
  return next?.protocol === 'http:' || next?.protocol === 'https:' ? next : undefined
}

/** Out of a socket that is the user's alone, or out of encryption. */
function isWeaker({ socketPath, url }: Outgoing, next: URL): boolean {
  return (
    next.origin !== url.origin &&
    (socketPath !== undefined || (next.protocol !== 'https:' && url.protocol === 'https:'))
  )
}

/** A stream that was sent is gone. */
function isOnce(body: Outgoing['body']): boolean {
  return typeof body === 'object' && !(body instanceof Uint8Array)
}
