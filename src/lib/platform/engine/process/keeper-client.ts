import { type IncomingMessage, request } from 'node:http'
import { createInterface } from 'node:readline'
import { json } from 'node:stream/consumers'
import type * as z from 'zod/mini'
import { type ErrorCode, errorCodes } from '../../../core/error-codes.ts'
import { AppError } from '../../../core/errors.ts'
import { errorSchema } from './messages.ts'

export interface KeeperCall {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE'
  readonly path: string
  readonly body?: unknown
  readonly signal?: AbortSignal | undefined
  /** Until the answer begins; absent: as long as it takes. */
  readonly timeoutMs?: number | undefined
}

/**
 * Asks the keeper at `socket` and parses its answer.
 * @throws unavailable.keeper when it does not answer, else the error it answers with
 */
export async function callKeeper<T>(socket: string, call: KeeperCall, schema: z.ZodMiniType<T>): Promise<T> {
  const response = await open(socket, call)
  try {
    return schema.parse(await json(response))
  } catch (cause) {
    throw unavailable(socket, cause)
  }
}

/**
 * The lines of a streaming answer; the connection is open once the promise resolves.
 * @throws unavailable.keeper, also from the iteration when the connection is lost or the signal aborts
 */
export async function streamKeeper(socket: string, call: KeeperCall): Promise<AsyncGenerator<string>> {
  return lines(socket, await open(socket, call))
}

async function* lines(socket: string, response: IncomingMessage): AsyncGenerator<string> {
  try {
    yield* createInterface({ crlfDelay: Infinity, input: response })
    if (!response.complete) throw new Error('the answer was cut')
  } catch (cause) {
    throw unavailable(socket, cause)
  } finally {
    response.destroy()
  }
}

async function open(socket: string, { body, method, path, signal, timeoutMs }: KeeperCall): Promise<IncomingMessage> {
  const text = body === undefined ? undefined : JSON.stringify(body)
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const headers =
      text === undefined ? {} : { 'content-length': Buffer.byteLength(text), 'content-type': 'application/json' }
    const sent = request(
      { agent: false, headers, method, path, socketPath: socket, ...(signal ? { signal } : {}) },
      resolve,
    )
    if (timeoutMs !== undefined) sent.setTimeout(timeoutMs, () => sent.destroy(new Error('no answer in time')))
    sent.once('error', cause => reject(signal?.aborted ? cause : unavailable(socket, cause)))
    sent.end(text)
  })
  response.setTimeout(0)
  if (response.statusCode === 200) return response
  const parsed = errorSchema.safeParse(await json(response).catch(() => undefined))
  if (!parsed.success) throw unavailable(socket, new Error(`status ${response.statusCode}`))
  const { code, details, message, suggestions } = parsed.data.error
  throw new AppError(isErrorCode(code) ? code : 'internal', message, { ...(details ? { details } : {}), suggestions })
}

function isErrorCode(code: string): code is ErrorCode {
  return code in errorCodes
}

function unavailable(socket: string, cause: unknown): AppError {
  return new AppError('unavailable.keeper', `the keeper at ${socket} does not answer`, { cause })
}
