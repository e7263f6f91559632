import type { EdgeSite } from '../port.ts'
import type { AccessLogs } from './access-log.ts'
import { ApplicationFiles } from './application-files.ts'
import type { Endpoint } from './endpoints.ts'
import type { Exchange } from './exchange.ts'
import { fastcgiAttempt } from './fastcgi/attempt.ts'
import type { Forwarder } from './forward.ts'
import { prepareRequestHeaders } from './forwarded-headers.ts'
import type { HoldGate } from './hold-gate.ts'
import type { EdgeLog } from './log.ts'
import { answerPage, answerRedirect } from './pages.ts'
import { pathSuffix } from './paths.ts'
import type { Proxy } from './proxy.ts'
import { type Redirection, routeRedirection, withEdgePort } from './redirects.ts'
import { sendFile } from './send-file.ts'
import { findSite } from './find-site.ts'
import type { CompiledRoute, CompiledSite, CompiledUpstream, SiteTable } from './site-table.ts'
import { resolvePath, type Script } from './static-files.ts'

export interface HandlerDeps {
  /** The configuration as it is now. */
  readonly table: () => SiteTable
  readonly ports: () => { readonly http: number; readonly https: number }
  readonly gate: HoldGate
  readonly forwarder: Forwarder
  readonly proxy: Proxy
  readonly accessLogs: AccessLogs
  readonly log: EdgeLog
}

/** Answers one request. Never throws; resolves when the response is over. */
export async function handleRequest(deps: HandlerDeps, exchange: Exchange): Promise<void> {
  const { response } = exchange
  response.on('error', () => undefined)
  response.setHeader('X-Request-Id', exchange.id)
  const site = findSite(deps.table(), exchange)
  if (!site) return answerPage(response, 404, { text: 'Nothing is served under this name.' })
  if (site === 'misdirected') return answerPage(response, 421, { text: 'This port belongs to another name.' })
  recordAccess(deps, exchange, site.spec)
  try {
    await serve(deps, exchange)
  } catch (error) {
    deps.log.error({ error: String(error), path: exchange.path, request: exchange.id }, 'a request failed')
    answerPage(response, 500, { text: 'The edge could not answer this request.' })
    if (!response.writableEnded) response.destroy()
  }
}

async function serve(deps: HandlerDeps, exchange: Exchange): Promise<void> {
  const { response } = exchange
  const current = (): CompiledSite | undefined => asSite(findSite(deps.table(), exchange))
  const passed = await deps.gate.pass(() => current()?.spec, exchange.signal)
  if (passed === 'gone') return
  if (passed !== 'go') return answerPage(response, 503, { headers: { 'Retry-After': '10' }, text: HELD[passed] })
  const site = current()
  if (site?.spec.closed !== undefined) return answerPage(response, 503, { text: site.spec.closed })
  const route = site?.route(exchange.path)
  if (!site || !route) return answerPage(response, 404, { text: 'No route leads to this path.' })
  const redirection = redirectionOf(deps, { exchange, route, site })
  if (redirection) return answerRedirect(response, redirection.location, redirection.code)
  await serveUpstream(deps, exchange, route)
}

const HELD = {
  expired: 'The application is being changed; it took too long.',
  full: 'The application is being changed, and too many requests wait already.',
} as const

function redirectionOf(
  deps: HandlerDeps,
  { exchange, route, site }: { exchange: Exchange; route: CompiledRoute; site: CompiledSite },
): Redirection | undefined {
  const { entrance, path, query, request } = exchange
  const { target } = route.spec
  const found =
    insecure(site.spec, exchange) ??
    firstMatch(route, path, query) ??
    (target.kind === 'redirect' ? routeRedirection(target, pathSuffix(route.spec.path, path) ?? '', query) : undefined)
  if (!found) return undefined
  const serves = (host: string): boolean => deps.table().byHost(host) !== undefined
  const location = withEdgePort(found.location.replace(/^\/\//, `${entrance.scheme}://`), serves, deps.ports())
  const code = request.method === 'GET' || request.method === 'HEAD' || found.code !== 301 ? found.code : 308
  return { code, location }
}

/** The site's own port stays open to plain HTTP: it is there for programs that do not know the name. */
function insecure(
  { host, httpsOnly }: EdgeSite,
  { entrance, path, query, request }: Exchange,
): Redirection | undefined {
  if (!httpsOnly || entrance.scheme === 'https' || entrance.dedicated) return undefined
  const name = (request.headers.host ?? host).replace(/:\d*$/, '')
  return { code: 301, location: `https://${name}${path}${query}` }
}

function firstMatch({ redirects }: CompiledRoute, path: string, query: string): Redirection | undefined {
  for (const redirect of redirects) {
    const found = redirect.match(path, query)
    if (found) return found
  }
  return undefined
}

async function serveUpstream(deps: HandlerDeps, exchange: Exchange, { upstream }: CompiledRoute): Promise<void> {
  if (!upstream) return
  exchange.served.service = upstream.spec.service
  const { filesRoot, mounts = [], protocol } = upstream.spec
  const files = filesRoot === undefined ? undefined : new ApplicationFiles(filesRoot, mounts)
  const found = await resolvePath({ files, locations: upstream.locations, protocol }, exchange.path)
  switch (found.kind) {
    case 'file':
      return sendFile(exchange, found.file, found.location)
    case 'directory':
      return answerRedirect(exchange.response, `${exchange.path}/${exchange.query}`, 301)
    case 'refused':
      return answerPage(exchange.response, found.status, { text: REFUSED[found.status] })
    case 'pass':
      if (found.path !== undefined) exchange.request.url = encodeURI(found.path) + exchange.query
      else exchange.request.url = exchange.path + exchange.query
      return pass(deps, exchange, found.script)
  }
}

const REFUSED = {
  400: 'The path cannot be read.',
  403: 'This file is not served.',
  404: 'There is no such file.',
} as const

function pass({ forwarder, proxy, table }: HandlerDeps, exchange: Exchange, script?: Script): Promise<void> {
  prepareRequestHeaders(exchange.request, exchange)
  const upstream = (): CompiledUpstream | undefined =>
    asSite(findSite(table(), exchange))?.route(exchange.path)?.upstream
  const attempt = (to: Exchange, endpoint: Endpoint, cookie?: string) => {
    const spec = upstream()?.spec
    const { appDirectory, instance } = spec?.endpoints.find(({ address }) => address === endpoint.address) ?? {}
    exchange.served.instance = instance
    if (spec?.protocol === 'fastcgi')
      return fastcgiAttempt(to, endpoint, { appDirectory: appDirectory ?? spec.filesRoot ?? '/', cookie, script })
    return proxy.attempt(to, endpoint, cookie)
  }
  return forwarder.forward(exchange, { attempt, upstream })
}

function asSite(found: CompiledSite | 'misdirected' | undefined): CompiledSite | undefined {
  return found === 'misdirected' ? undefined : found
}

function recordAccess({ accessLogs }: HandlerDeps, exchange: Exchange, { accessLog }: EdgeSite): void {
  const { path, request, response, served } = exchange
  const startedAt = performance.now()
  const { socket } = request
  const sentBefore = socket.bytesWritten
  response.once('close', () => {
    accessLogs.append(accessLog.directory, {
      durationMs: performance.now() - startedAt,
      instance: served.instance,
      method: request.method ?? '',
      path,
      sentBytes: Math.max(0, socket.bytesWritten - sentBefore),
      service: served.service,
      // As nginx has it: the client went away before there was an answer.
      status: response.headersSent ? response.statusCode : 499,
    })
  })
}
