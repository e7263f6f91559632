import type { ErrorCode } from '../core/error-codes.ts'
import { AppError, isAppError } from '../core/errors.ts'
import { type Address, describeAddress } from './address.ts'
import { describeProxy } from './proxy.ts'
import { ConnectTimeout, ProxyRefusal } from './sender.ts'
import { explainTls } from './tls-failure.ts'

/** What an error has to know of the call that failed. */
export interface FailedCall {
  readonly address: Address
  readonly connectTimeoutMs: number
  readonly deadline?: AbortSignal | undefined
  /** Ours until the server answers with its own. */
  requestId: string
}

/** Trouble on the way to the proxy: nothing behind it was asked. */
const PROXY_UNREACHABLE = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT']

/**
 * What was thrown, as an error that says what to do, names the call and holds no known secret. What is neither an AppError
 * nor (`isNetwork`) the connection's own trouble is returned as it is.
 */
export async function explainFailure(
  cause: unknown,
  call: FailedCall,
  { isNetwork }: { isNetwork: boolean },
): Promise<unknown> {
  if (isAppError(cause)) return finish(cause, call)
  return isNetwork || cause instanceof ProxyRefusal ? finish(await explain(cause, call), call) : cause
}

function finish(
  { cause, code, details, message, suggestions }: AppError,
  { address, requestId }: FailedCall,
): AppError {
  const { redaction } = address.network
  return new AppError(code, redaction.text(message), {
    cause,
    details: { ...redaction.details(details), requestId: details?.['requestId'] ?? requestId },
    suggestions: suggestions.map(each => redaction.text(each)),
  })
}

async function explain(cause: unknown, { address, connectTimeoutMs, deadline }: FailedCall): Promise<AppError> {
  const where = describeAddress(address)
  const fail = (code: ErrorCode, message: string, suggestions: readonly string[] = []): AppError =>
    new AppError(code, message, { cause, suggestions })
  if (deadline?.aborted) return fail('unavailable.timeout', `${where} did not answer in time`)
  const proxy = address.socketPath === undefined ? (await address.network.route(new URL(address.url))).proxy : undefined
  const through = proxy ? ` through the proxy ${describeProxy(proxy)}` : ''
  if (cause instanceof ProxyRefusal) return refusal(cause, { through, where })
  if (cause instanceof ConnectTimeout)
    return fail('unavailable.timeout', `${where} gave no connection${through} within ${connectTimeoutMs} ms`) // prettier-ignore
  const code = codeOf(cause)
  const tls = explainTls(cause, code, `${where}${through}`)
  if (tls) return tls
  const reason = code === undefined ? '' : `: ${code}`
  if (proxy && code !== undefined && PROXY_UNREACHABLE.includes(code))
    return fail('unavailable.proxy', `the proxy ${describeProxy(proxy)} cannot be reached${reason}`, [
      'check HTTPS_PROXY, HTTP_PROXY and ALL_PROXY',
      'name hosts that need no proxy in NO_PROXY',
    ])
  return fail('unavailable.network', `${where} cannot be reached${through}${reason}`)
}

function refusal(cause: ProxyRefusal, { through, where }: { through: string; where: string }): AppError {
  if (cause.status === 407)
    return new AppError('auth.proxy', `${where} cannot be reached${through}: it asks for a user name and a password`, {
      cause,
      suggestions: ['write them into HTTPS_PROXY: http://USER:PASSWORD@HOST:PORT, each percent-encoded'],
    })
  const message = `${where} cannot be reached${through}: it answered with HTTP status ${cause.status}`
  if (cause.status >= 500) return new AppError('unavailable.network', message, { cause })
  return new AppError('unavailable.proxy', message, {
    cause,
    suggestions: ['ask who runs the proxy to allow this address', 'name hosts that need no proxy in NO_PROXY'],
  })
}

/** The innermost code: libraries wrap what the system said. */
function codeOf(cause: unknown): string | undefined {
  if (!(cause instanceof Error)) return undefined
  const own = 'code' in cause && typeof cause.code === 'string' ? cause.code : undefined
  return codeOf(cause.cause) ?? own
}
