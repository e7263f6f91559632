import * as z from 'zod/mini'
import { AppError, isAppError } from '../../core/errors.ts'
import { createId } from '../../core/ids.ts'
import { type BodyOf, type CallName, PROTOCOL_VERSION, type QueryOf, type ResponseOf, api } from '../../protocol/api.ts'
import type { Endpoint } from '../../protocol/endpoint.ts'
import { IDEMPOTENCY_HEADER, PROTOCOL_HEADER } from '../../protocol/headers.ts'
import { type Address, describeAddress } from '../../transport/address.ts'
import { exchange } from '../../transport/http.ts'
import { type HttpResponse, readJson } from '../../transport/response.ts'
import type { Call } from '../port.ts'

/** The user's own platform, which a command starts when it does not run. */
export interface OwnPlatform {
  /** Whether it has left its socket: it runs, or was killed. One that was stopped has taken it along. */
  hasSocket(): boolean
  /** @throws conflict.platform-version, unavailable.platform, unavailable.timeout */
  start(call: Call): Promise<void>
  /** Brings it back after it was killed; false when it was stopped on purpose. @throws as `start` */
  revive(call: Call): Promise<boolean>
}

/** Calls the platform's API, typed and checked by its table. */
export class PlatformClient {
  readonly address: Address
  /** Undefined when the platform is not ours to start. */
  readonly #own: OwnPlatform | undefined
  /** Whether it is known to run, in the version that we understand. */
  #isReady: boolean

  constructor(address: Address, own?: OwnPlatform) {
    this.address = address
    this.#own = own
    this.#isReady = own === undefined
  }

  /** Starts our own platform unless it runs. @throws as `OwnPlatform.start` */
  async ready(call: Call): Promise<void> {
    if (this.#isReady) return
    await this.#own?.start(call)
    this.#isReady = true
  }

  /** @throws what the platform answers; usage.request when its answer is not what the schema says */
  async call<Name extends CallName>(
    name: Name,
    request: CallRequest<Name>,
    call: Call & { readonly deadlineMs?: number },
  ): Promise<ResponseOf<Name>> {
    const endpoint: Endpoint = api[name]
    const [method, path] = splitCall(endpoint.call)
    // A question is asked at once: its answer tells whether the platform is ready.
    if (method !== 'GET' || this.#own?.hasSocket() === false) await this.ready(call)
    // What starts an activity gets a key of its own, so that it can be sent again when the answer is lost.
    const key = call.key ?? (endpoint.status === 202 ? createId('req') : undefined)
    const repeatable = method === 'GET' || method === 'DELETE' || key !== undefined
    const send = (): Promise<unknown> =>
      exchange(
        this.address,
        {
          body: endpoint.body ? (request.body ?? {}) : undefined,
          deadlineMs: call.deadlineMs,
          headers: key === undefined ? {} : { [IDEMPOTENCY_HEADER]: key },
          method,
          path: fillPath(path, request.params ?? {}) + queryString(request.query ?? {}),
          repeatable,
          signal: call.signal,
        },
        async response => {
          await this.#meet(response, call)
          return this.#parse(endpoint, await readJson(response))
        },
      )
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- parsed by the schema the type derives from
    return (await (repeatable ? this.outlive(send, call) : send())) as ResponseOf<Name>
  }

  /** Does what may be repeated again when the platform was killed meanwhile and is back. @throws what `attempt` throws */
  async outlive<T>(attempt: () => Promise<T>, call: Call): Promise<T> {
    for (;;) {
      try {
        return await attempt()
      } catch (error) {
        const isGone = isAppError(error) && error.code === 'unavailable.network'
        if (!isGone || !(await this.#own?.revive(call))) throw error
        this.#isReady = true
      }
    }
  }

  /** Looks more closely at what answers the first time and does not say that it is of our version. */
  async #meet({ headers }: HttpResponse, call: Call): Promise<void> {
    if (headers[PROTOCOL_HEADER] === String(PROTOCOL_VERSION)) this.#isReady = true
    else await this.ready(call)
  }

  #parse(endpoint: Endpoint, answer: unknown): unknown {
    if (!endpoint.response) return {}
    // zod would compile the schema first, which takes longer than reading a few answers
    const parsed = z.safeParse(endpoint.response(), answer, { jitless: true })
    if (parsed.success) return parsed.data
    throw new AppError(
      'usage.request',
      `${describeAddress(this.address)} answered ${endpoint.call} in a form this client does not know`,
      {
        cause: parsed.error,
        suggestions: ['aloft platform status'],
      },
    )
  }
}

export interface CallRequest<Name extends CallName> {
  readonly params?: Readonly<Record<string, string>>
  readonly query?: QueryOf<Name>
  readonly body?: BodyOf<Name>
}

const methods = z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'])

function splitCall(call: string): [z.infer<typeof methods>, string] {
  const [method, path = '/'] = call.split(' ')
  return [z.parse(methods, method), path]
}

/** Puts parameters into a path such as `/v1/projects/:project`. */
export function fillPath(path: string, params: Readonly<Record<string, string>>): string {
  return path.replaceAll(/:(\w+)/g, (_, name: string) => encodeURIComponent(params[name] ?? ''))
}

/** `?a=1&b=x,y`, or nothing; undefined values are left out, lists are joined by commas. */
export function queryString(query: Readonly<Record<string, QueryValue>>): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && !(Array.isArray(value) && value.length === 0)) search.set(name, value.toString())
  }
  return search.size === 0 ? '' : `?${search.toString()}`
}

type QueryValue = boolean | number | string | readonly string[] | undefined
