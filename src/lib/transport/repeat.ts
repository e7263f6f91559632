import retry from 'p-retry'
import { systemClock } from '../core/clock.ts'
import { AppError, isAppError } from '../core/errors.ts'
import { type Address, describeAddress } from './address.ts'
import { explainFailure } from './failure.ts'
import { type Call, elapsedMs, isTransient } from './call.ts'
import { readText } from './response.ts'
import type { Incoming } from './sender.ts'

const RETRIES = 3
/** A longer wait is the caller's decision. */
const LONGEST_WAIT_S = 60
/** A wait that people notice. */
const TOLD_WAIT_S = 2
const MAX_ERROR_BYTES = 64 * 1024

export interface RepeatOptions {
  readonly call: Call
  /** What the first attempt threw. */
  readonly first: unknown
}

/** The attempts after the first, with growing, jittered pauses or as long as the server asks. @throws what the last attempt throws */
export async function repeat<T>(
  again: (number: number, isLast: boolean) => Promise<T>,
  { call, first }: RepeatOptions,
): Promise<T> {
  try {
    return await retry(number => (number === 1 ? Promise.reject(first) : again(number, number > RETRIES)), {
      minTimeout: 100,
      onFailedAttempt: ({ error, retriesLeft }) => (retriesLeft > 0 ? waitAsAsked(error, call) : undefined),
      randomize: true,
      retries: RETRIES,
      shouldRetry: ({ error }) => isTransient(error),
      signal: call.signal,
    })
  } catch (error) {
    call.request.signal.throwIfAborted()
    throw await explainFailure(error, call, { isNetwork: !isAppError(error) })
  }
}

/** The error of an answer that asks for another try; its details say in how many seconds. */
export async function toBusy(address: Address, incoming: Incoming): Promise<AppError> {
  const { body, headers, status } = incoming
  const where = describeAddress(address)
  const text = await readText({ address, body, headers, requestId: '', status }, MAX_ERROR_BYTES)
  const { toAppError } = await import('./error-body.ts')
  const { details, message } = toAppError(status, text, where)
  const retryAfterSeconds = readRetryAfter(headers['retry-after'], Date.now())
  return new AppError('unavailable.busy', message, {
    details: { ...details, status, ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }) },
  })
}

/** Seconds from `Retry-After`, a number or an HTTP date (RFC 9110, 10.2.3); undefined when it is neither. */
function readRetryAfter(value: string | undefined, now: number): number | undefined {
  if (value === undefined) return undefined
  if (/^\d+$/.test(value)) return Number(value)
  const at = Date.parse(value)
  return Number.isNaN(at) ? undefined : Math.max(0, Math.ceil((at - now) / 1000))
}

/** @throws the error, when the server asks for more than there is time for */
async function waitAsAsked(error: Error, { address, endsAt, signal }: Call): Promise<void> {
  const seconds = isAppError(error) ? error.details?.['retryAfterSeconds'] : undefined
  if (typeof seconds !== 'number' || seconds === 0) return
  const where = describeAddress(address)
  const asks = `${where} asks to wait ${seconds} s`
  if (seconds > LONGEST_WAIT_S || elapsedMs() + seconds * 1000 > endsAt)
    throw new AppError('unavailable.busy', `${error.message}; ${asks}`, { cause: error, details: isAppError(error) ? (error.details ?? {}) : {}, suggestions: [`repeat in ${seconds} s`] }) // prettier-ignore
  if (seconds > TOLD_WAIT_S) address.network.tell(`${asks}; trying again then`)
  await systemClock.sleep(seconds * 1000, signal)
}
