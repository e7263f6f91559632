import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { once } from 'node:events'
import { json } from 'node:stream/consumers'
import type * as z from 'zod/mini'
import { AppError, toErrorDocument } from '../../../../core/errors.ts'
import type { EngineInstance } from '../../port.ts'
import {
  copyVolumesSchema,
  desiredSchema,
  freezeSchema,
  jobRequestSchema,
  type KeeperStatus,
  removeVolumesSchema,
} from '../messages.ts'
import type { Freezes } from './freezes.ts'
import type { Jobs } from './jobs.ts'
import type { Sessions } from './sessions.ts'
import type { KeeperState } from './state.ts'
import type { Supervisor } from './supervisor.ts'
import type { Volumes } from './volumes.ts'

export interface KeeperParts {
  readonly state: KeeperState
  readonly supervisor: Supervisor
  readonly jobs: Jobs
  readonly sessions: Sessions
  readonly freezes: Freezes
  readonly volumes: Volumes
  readonly status: () => KeeperStatus
  /** Told whenever the instances have changed. */
  readonly changes: { subscribe(listener: () => void): () => void }
  /** Stops everything and ends the keeper. */
  readonly shutdown: () => Promise<void>
}

type Handler = (parts: KeeperParts, call: Call) => Promise<void> | void

interface Call {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly query: URLSearchParams
  /** What the pattern's group matched. */
  readonly id: string
}

const ROUTES: readonly (readonly [method: string, pattern: RegExp, handler: Handler])[] = [
  ['GET', /^\/status$/, ({ status }, { response }) => reply(response, status())],
  ['GET', /^\/instances$/, ({ supervisor }, { response }) => reply(response, supervisor.views())],
  ['GET', /^\/events$/, streamInstances],
  ['PUT', /^\/desired$/, setDesired],
  ['POST', /^\/jobs\/([^/]+)$/, runJob],
  [
    'POST',
    /^\/jobs\/([^/]+)\/cancel$/,
    ({ jobs }, { id, response }) => jobs.cancel(id).then(() => reply(response, {})),
  ],
  ['DELETE', /^\/jobs\/([^/]+)$/, ({ jobs }, { id, response }) => jobs.acknowledge(id).then(() => reply(response, {}))],
  ['POST', /^\/freezes$/, freeze],
  [
    'DELETE',
    /^\/freezes\/([^/]+)$/,
    ({ freezes }, { id, response }) => {
      freezes.end(id)
      reply(response, {})
    },
  ],
  ['GET', /^\/volumes$/, async ({ volumes }, { response }) => reply(response, await volumes.list())],
  ['POST', /^\/volumes\/remove$/, removeVolumes],
  ['POST', /^\/volumes\/copy$/, copyVolumes],
  ['POST', /^\/shutdown$/, ({ shutdown }, { response }) => shutdown().then(() => reply(response, {}))],
]

/** The keeper's side of the socket: JSON over HTTP, NDJSON where it streams, WebSocket for sessions. */
export function createKeeperServer(parts: KeeperParts): Server {
  const server = createServer({ requestTimeout: 0 }, (request, response) => {
    respond(parts, request, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy()
      else reply(response, { error: toErrorDocument(error) }, statusOf(error))
    })
  })
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy())
    try {
      parts.sessions.accept(request, socket, head)
    } catch (error) {
      const body = JSON.stringify({ error: toErrorDocument(error) })
      const lines = [`HTTP/1.1 ${statusOf(error)} Refused`, 'Connection: close', 'Content-Type: application/json']
      socket.end([...lines, `Content-Length: ${Buffer.byteLength(body)}`, '', body].join('\r\n'))
    }
  })
  return server
}

async function respond(parts: KeeperParts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://keeper')
  for (const [method, pattern, handler] of ROUTES) {
    const found = method === request.method ? pattern.exec(url.pathname) : null
    if (!found) continue
    return handler(parts, { id: decodeURIComponent(found[1] ?? ''), query: url.searchParams, request, response })
  }
  throw new AppError('not-found.endpoint', `the keeper has no ${request.method} ${url.pathname}`)
}

async function setDesired({ state, supervisor }: KeeperParts, { request, response }: Call): Promise<void> {
  const desired = await readBody(request, desiredSchema)
  const isNews = desired.generation >= state.desired.generation
  if (isNews) {
    state.setDesired(desired)
    supervisor.apply(desired)
  }
  reply(response, { accepted: isNews })
}

/** A line at once and after each change, until the connection ends. */
function streamInstances({ changes, supervisor }: KeeperParts, { response }: Call): void {
  response.writeHead(200, { 'content-type': 'application/x-ndjson' })
  let [isPlanned, last] = [false, '']
  const send = (): void => {
    isPlanned = false
    const text = JSON.stringify(supervisor.views().map(withoutUsage))
    if (text !== last) response.write(`${text}\n`)
    last = text
  }
  const unsubscribe = changes.subscribe(() => {
    if (isPlanned) return
    isPlanned = true
    setImmediate(send)
  })
  response.on('close', unsubscribe)
  send()
}

async function runJob({ jobs }: KeeperParts, { query, request, response }: Call): Promise<void> {
  const asked = await readBody(request, jobRequestSchema)
  const { id } = asked.job
  // Whoever asked holds the other ends of its streams.
  if (asked.sockets) response.on('close', () => void jobs.abandon(id))
  await jobs.start(asked)
  response.writeHead(200, { 'content-type': 'application/x-ndjson' })
  response.flushHeaders()
  const gone = new AbortController()
  response.on('close', () => gone.abort())
  for await (const batch of jobs.stream(id, Number(query.get('after') ?? 0), gone.signal)) {
    if (!response.write(batch)) await once(response, 'drain', { signal: gone.signal })
  }
  response.end()
}

/** The answer begins when all stand still and ends when they go on, at the latest when whoever asked is gone. */
async function freeze({ freezes }: KeeperParts, { request, response }: Call): Promise<void> {
  const asked = await readBody(request, freezeSchema)
  const id = await freezes.begin(asked, () => response.end())
  response.on('close', () => freezes.end(id))
  if (response.writableEnded || response.destroyed) return freezes.end(id)
  response.writeHead(200, { 'content-type': 'application/x-ndjson' })
  response.write(`${JSON.stringify({ id })}\n`)
}

async function removeVolumes({ volumes }: KeeperParts, { request, response }: Call): Promise<void> {
  const { names } = await readBody(request, removeVolumesSchema)
  await volumes.remove(names)
  reply(response, {})
}

async function copyVolumes({ volumes }: KeeperParts, { request, response }: Call): Promise<void> {
  await volumes.copy(await readBody(request, copyVolumesSchema))
  reply(response, {})
}

/** Samples would make a change every two seconds. */
function withoutUsage({ cpuPercent: _cpu, memoryBytes: _memory, ...instance }: EngineInstance): EngineInstance {
  return instance
}

async function readBody<T>(request: IncomingMessage, schema: z.ZodMiniType<T>): Promise<T> {
  const parsed = schema.safeParse(await json(request))
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  throw new AppError('usage.request', `${issue?.path.join('.')}: ${issue?.message}`)
}

function reply(response: ServerResponse, value: unknown, status = 200): void {
  const body = JSON.stringify(value)
  response.writeHead(status, { 'content-length': Buffer.byteLength(body), 'content-type': 'application/json' })
  response.end(body)
}

function statusOf(error: unknown): number {
  const { code } = toErrorDocument(error)
  if (code.startsWith('not-found.')) return 404
  if (code.startsWith('usage.')) return 400
  if (code.startsWith('conflict.')) return 409
  return code.startsWith('failed.') ? 422 : 500
}
