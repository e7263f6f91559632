import { Hono, type Context } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type { IncomingMessage, ServerResponse } from 'node:http'
import * as z from 'zod/mini'
import { AppError, toErrorDocument } from '../../core/errors.ts'
import { createId } from '../../core/ids.ts'
import { type CallName, PROTOCOL_VERSION, api } from '../../protocol/api.ts'
import type { Endpoint } from '../../protocol/endpoint.ts'
import { IDEMPOTENCY_HEADER, PROTOCOL_HEADER, REQUEST_ID_HEADER } from '../../protocol/headers.ts'
import type { AuditedCall } from '../audit/audit-log.ts'
import type { Authenticator, Entrance, Principal } from './authentication.ts'
import { accessOf, authorize } from './authorization.ts'
import type { Call, Handlers } from './handlers.ts'
import { openApi } from './open-api.ts'
import { statusOf } from './statuses.ts'

const MAX_BODY_BYTES = 8 * 1024 * 1024

/** What each request brings along: where it came in, and Node's own request and response. */
export interface Bindings {
  readonly entrance: Entrance
  readonly incoming: IncomingMessage
  readonly outgoing: ServerResponse
}

export type App = Hono<{ Bindings: Bindings; Variables: { principal: Principal; requestId: string } }>
export type AppContext = Context<{ Bindings: Bindings; Variables: { principal: Principal; requestId: string } }>

export interface AppOptions {
  readonly handlers: Handlers
  readonly authenticate: Authenticator
  /** Told of every call once it is answered, refused ones included. */
  readonly audit: (call: AuditedCall) => void
  readonly version: string
  /** Routes that stream bodies and so have no schema: source intake. */
  readonly mount?: ((app: App) => void) | undefined
  readonly onError: (
    error: unknown,
    request: { readonly id: string; readonly method: string; readonly path: string },
  ) => void
}

/** The HTTP part: validation by the API's schemas, authentication, errors as documents. */
export function createApp({ audit, authenticate, handlers, mount, onError, version }: AppOptions): App {
  const app: App = new Hono()
  app.use(async (context, next) => {
    const requestId = context.req.header(REQUEST_ID_HEADER) ?? createId('req')
    context.set('requestId', requestId)
    context.header(REQUEST_ID_HEADER, requestId)
    context.header(PROTOCOL_HEADER, String(PROTOCOL_VERSION))
    await next()
    audit(toAudited(context))
  })
  app.use(async (context, next) => {
    context.set('principal', authenticate(context.env.incoming.headers, context.env.entrance))
    await next()
  })
  app.get('/v1/openapi.json', context => context.json(openApi(version)))
  mount?.(app)
  app.use(
    bodyLimit({
      maxSize: MAX_BODY_BYTES,
      onError: () => {
        throw new AppError('usage.request', `the request is larger than ${MAX_BODY_BYTES} bytes`)
      },
    }),
  )
  for (const name of callNames) register(app, api[name], handlers[name])
  app.notFound(context => {
    throw new AppError('not-found.endpoint', `there is no ${context.req.method} ${context.req.path}`)
  })
  app.onError((error, context) => {
    const document = toErrorDocument(error)
    const status = statusOf(document.code)
    const id = context.get('requestId') ?? createId('req')
    if (status === 500) onError(error, { id, method: context.req.method, path: context.req.path })
    return context.json(
      { error: { ...document, details: { ...document.details, requestId: id } } },
      { headers: { [REQUEST_ID_HEADER]: id }, status },
    )
  })
  return app
}

function toAudited(context: AppContext): AuditedCall {
  // absent when the caller could not be told
  const principal: Principal | undefined = context.get('principal')
  return {
    call: `${context.req.method} ${context.req.path}`,
    entrance: context.env.entrance,
    ...(context.error ? { error: toErrorDocument(context.error).code } : {}),
    request: context.get('requestId'),
    status: context.res.status,
    ...(principal?.token === undefined ? {} : { token: principal.token }),
    ...(principal ? { user: principal.user } : {}),
  }
}

const callNames = Object.keys(api).filter((name): name is CallName => Object.hasOwn(api, name))

type AnyHandler = (call: Call<never>) => unknown

function register(app: App, endpoint: Endpoint, handler: AnyHandler): void {
  const [method = 'GET', path = '/'] = endpoint.call.split(' ')
  const { narrowed } = endpoint
  const [body, query] = [endpoint.body?.(), endpoint.query?.()]
  const access = accessOf(endpoint)
  app.on(method, path, async context => {
    authorize(context.get('principal'), { access, narrowed, project: context.req.param('project') })
    const call = {
      body: body ? check(body, await readJson(context), 'body') : {},
      key: context.req.header(IDEMPOTENCY_HEADER),
      params: context.req.param(),
      principal: context.get('principal'),
      query: query ? check(query, context.req.query(), 'query') : {},
      signal: context.req.raw.signal,
    }
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the schemas that just parsed it are those of this handler's call
    const result = await handler(call as unknown as Call<never>)
    return context.json(result ?? {}, endpoint.status ?? 200)
  })
}

/** Nothing counts as an empty object. @throws usage.request */
export async function readJson(context: Pick<AppContext, 'req'>): Promise<unknown> {
  const text = await context.req.text()
  if (text === '') return {}
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new AppError('usage.request', 'the body is not JSON', { cause })
  }
}

/** Parses input by a schema. @throws usage.request with every problem at once */
export function check<Schema extends z.ZodMiniType>(schema: Schema, input: unknown, part: string): z.infer<Schema> {
  const parsed = z.safeParse(schema, input)
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.map(({ message, path }) => ({ message, path: [part, ...path].join('.') }))
  throw new AppError('usage.request', problems.map(({ message, path }) => `${path}: ${message}`).join('; '), {
    details: { problems },
  })
}
