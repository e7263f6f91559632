import type { CustomFetch } from 'openid-client'
import { exchange } from '../../transport/http.ts'
import type { Network } from '../../transport/network.ts'
import { readText } from '../../transport/response.ts'

const MAX_BYTES = 1024 * 1024
const METHODS = ['GET', 'POST'] as const

/** The library's requests over our own network: its proxies, certificates and deadlines. */
export function fetchOver(network: Network, signal: AbortSignal): CustomFetch {
  return async (target, { body, headers, method, signal: own }) => {
    const { origin, pathname, search } = new URL(target)
    return exchange(
      { network, url: origin },
      {
        body: body ?? undefined,
        headers,
        method: METHODS.find(each => each === method) ?? 'GET',
        path: pathname + search,
        signal: own ? AbortSignal.any([own, signal]) : signal,
      },
      async response => {
        const text = await readText(response, MAX_BYTES)
        return new Response(text === '' ? null : text, { headers: response.headers, status: response.status })
      },
    )
  }
}
