import { request, type IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import * as z from 'zod/mini'
import { errorCodes, type ErrorCode } from '../../../../core/error-codes.ts'
import { AppError } from '../../../../core/errors.ts'
import type { EdgeConfig, EdgeStatus } from '../../port.ts'
import { errorSchema, type Hello, helloSchema, statusSchema } from './protocol.ts'

/** Calls to a running edge. All throw `unavailable.edge` when nobody answers, and what the edge itself threw. */
export interface ControlClient {
  hello(timeoutMs: number): Promise<Hello>
  apply(config: EdgeConfig): Promise<EdgeStatus>
  status(): Promise<EdgeStatus>
  drain(addresses: readonly string[], timeoutMs: number): Promise<void>
  certificateAuthority(): Promise<string>
  stop(): Promise<void>
  /** Holds a connection and calls back once when the edge is gone. Call the result to let go. */
  watch(onGone: () => void): Promise<() => void>
}

const TIMEOUT_MS = 30_000

export function controlClient(socketPath: string): ControlClient {
  const call = async <T>(schema: z.ZodMiniType<T>, method: string, options: CallOptions): Promise<T> =>
    z.parse(schema, await send(socketPath, method, options))
  const nothing = z.unknown()
  return {
    apply: config => call(statusSchema, 'POST /apply', { body: config }),
    certificateAuthority: async () => (await call(z.object({ pem: z.string() }), 'GET /authority', {})).pem,
    async drain(addresses, timeoutMs) {
      await call(nothing, 'POST /drain', { body: { addresses, timeoutMs }, timeoutMs: timeoutMs + TIMEOUT_MS })
    },
    hello: timeoutMs => call(helloSchema, 'GET /hello', { timeoutMs }),
    status: () => call(statusSchema, 'GET /status', {}),
    async stop() {
      await call(nothing, 'POST /stop', {})
    },
    watch: onGone => watch(socketPath, onGone),
  }
}

interface CallOptions {
  readonly body?: unknown
  readonly timeoutMs?: number
}

async function send(socketPath: string, call: string, { body, timeoutMs = TIMEOUT_MS }: CallOptions): Promise<unknown> {
  const [method, path] = call.split(' ')
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const outgoing = request({ agent: false, method, path, socketPath, timeout: timeoutMs }, resolve)
    outgoing.once('timeout', () => outgoing.destroy(new Error(`no answer within ${timeoutMs} ms`)))
    outgoing.once('error', cause => reject(unavailable(cause)))
    outgoing.end(body === undefined ? undefined : JSON.stringify(body))
  })
  const answer: unknown = JSON.parse(await text(response).catch((cause: unknown) => Promise.reject(unavailable(cause))))
  if (response.statusCode === 200) return answer
  throw toAppError(z.parse(errorSchema, answer))
}

function watch(socketPath: string, onGone: () => void): Promise<() => void> {
  return new Promise((resolve, reject) => {
    let letGo = false
    const outgoing = request({ agent: false, path: '/watch', socketPath })
    outgoing.once('error', cause => reject(unavailable(cause)))
    outgoing.once('response', response => {
      outgoing.on('error', () => undefined)
      response.on('error', () => undefined)
      response.once('close', () => {
        if (!letGo) onGone()
      })
      response.resume()
      resolve(() => {
        letGo = true
        outgoing.destroy()
      })
    })
    outgoing.end()
  })
}

function unavailable(cause: unknown): AppError {
  const why = cause instanceof Error ? cause.message : String(cause)
  return new AppError('unavailable.edge', `The edge does not answer: ${why}`, { cause })
}

export function toAppError({ code, details, message, suggestions }: z.output<typeof errorSchema>): AppError {
  return new AppError(isErrorCode(code) ? code : 'internal', message, { ...(details ? { details } : {}), suggestions })
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(errorCodes, code)
}
