import { Readable } from 'node:stream'
import { Agent, type Dispatcher, errors, Pool, ProxyAgent, request as sendRequest } from 'undici'
import type { Route } from './route.ts'
import { ConnectTimeout, flattenHeaders, type Incoming, type Outgoing, ProxyRefusal, type Sender } from './sender.ts'

/** Over undici: HTTP/2 where the server offers it, many requests on few connections. */
export function createUndiciSender(routeTo: (url: URL) => Promise<Route>): Sender {
  const dispatchers = new Map<string, Dispatcher>()
  return {
    async send(outgoing) {
      const { connectTimeoutMs, socketPath, url } = outgoing
      const route = socketPath === undefined ? await routeTo(url) : undefined
      const key = socketPath ?? `${route?.proxy?.href} ${connectTimeoutMs}`
      let dispatcher = dispatchers.get(key)
      if (!dispatcher) dispatchers.set(key, (dispatcher = createDispatcher(outgoing, route)))
      return send(outgoing, dispatcher)
    },
  }
}

function createDispatcher({ connectTimeoutMs, socketPath }: Outgoing, route: Route | undefined): Dispatcher {
  const tls = { rejectUnauthorized: true, timeout: connectTimeoutMs, ...(route?.certificates ? { ca: [...route.certificates] } : {}) } // prettier-ignore
  // The call's own deadline decides how long headers and body may take.
  const options = { allowH2: true, bodyTimeout: 0, headersTimeout: 0 }
  if (route?.proxy === undefined)
    return new Agent({ ...options, connect: { ...tls, ...(socketPath === undefined ? {} : { socketPath }) } })
  return new ProxyAgent({
    ...options,
    clientFactory: (origin, proxyOptions) => new Pool(origin, { ...proxyOptions, headersTimeout: connectTimeoutMs }),
    proxyTls: tls,
    requestTls: tls,
    uri: route.proxy.href,
  })
}

async function send({ body, headers, method, signal, url }: Outgoing, dispatcher: Dispatcher): Promise<Incoming> {
  try {
    const response = await sendRequest(url, {
      body: typeof body === 'object' && !(body instanceof Uint8Array) ? Readable.from(body) : (body ?? null),
      dispatcher,
      headers,
      method: method,
      signal,
    })
    return { body: response.body, headers: flattenHeaders(response.headers), status: response.statusCode }
  } catch (error) {
    throw translate(error)
  }
}

/** undici tells a proxy's answer in the text of its errors only. */
function translate(error: unknown): unknown {
  // Headers are awaited without a limit, except those of a proxy that opens a tunnel.
  if (error instanceof errors.ConnectTimeoutError || error instanceof errors.HeadersTimeoutError)
    return new ConnectTimeout(error.message, { cause: error })
  const status = error instanceof Error ? /^Proxy .*\((\d{3})\)/.exec(error.message)?.[1] : undefined
  return status === undefined ? error : new ProxyRefusal(Number(status))
}
