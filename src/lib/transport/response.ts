import type { Readable } from 'node:stream'
import { AppError } from '../core/errors.ts'
import { type Address, describeAddress } from './address.ts'

/** An answer whose body is still to come. */
export interface HttpResponse {
  /** Who answers. */
  readonly address: Address
  readonly status: number
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** The server's own, else ours. */
  readonly requestId: string
  /** Ends with an error when the connection is lost or the deadline passes. */
  readonly body: Readable
}

/** An API's answers are far smaller; what is larger is read as a stream. */
const MAX_BYTES = 64 * 1024 * 1024

/** The whole body as UTF-8. @throws unavailable.answer when it is larger than `maxBytes` */
export async function readText({ address, body }: HttpResponse, maxBytes = MAX_BYTES): Promise<string> {
  let bytes = 0
  let text = ''
  const decoder = new TextDecoder()
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    bytes += chunk.length
    if (bytes > maxBytes) throw new AppError('unavailable.answer', `${describeAddress(address)} answered with more than ${maxBytes} bytes`) // prettier-ignore
    text += decoder.decode(chunk, { stream: true })
  }
  return text + decoder.decode()
}

/**
 * The JSON of a successful answer; undefined when it is empty.
 * @throws the error that the server's body describes, or that its status means; unavailable.answer when it is not JSON
 */
export async function readJson(response: HttpResponse): Promise<unknown> {
  const text = await readText(response)
  const where = describeAddress(response.address)
  if (response.status >= 400) {
    const { toAppError } = await import('./error-body.ts')
    throw toAppError(response.status, text, where)
  }
  if (text === '') return undefined
  try {
    return JSON.parse(text)
  } catch (cause) {
    const type = response.headers['content-type'] ?? 'no type'
    throw new AppError('unavailable.answer', `${where} answered with something that is not JSON (${type})`, {
      cause,
      suggestions: ['check the address; a proxy or a log-in page may have answered instead'],
    })
  }
}
