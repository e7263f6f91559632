import { Readable } from 'node:stream'
import { type Address, describeAddress } from './address.ts'
import type { Call } from './call.ts'
import { describeProxy } from './proxy.ts'
import type { Redaction } from './redaction.ts'
import type { Incoming, Outgoing } from './sender.ts'

/** Bodies are shown up to here, and not at all when they are so large that they are not kept whole: half a body hides no secret. */
const SHOWN_CHARACTERS = 4096
const KEPT_BYTES = 1024 * 1024

/** One request as it is traced. */
export interface Traced {
  /** The same answer; its body is shown when it has been read. */
  answered(incoming: Incoming): Incoming
  failed(error: unknown): void
}

/** What `--debug` shows: requests, answers and WebSockets, with secrets hidden. */
export class Trace {
  readonly #write: (line: string) => void
  readonly #redaction: Redaction

  constructor(write: (line: string) => void, redaction: Redaction) {
    this.#write = write
    this.#redaction = redaction
  }

  async begin(outgoing: Outgoing, { call, number }: { call: Call; number: number }): Promise<Traced> {
    const { address, requestId } = call
    const started = performance.now()
    const took = (): string => `${Math.round(performance.now() - started)} ms`
    const { body, headers, method, url } = outgoing
    this.#say(
      `> ${method} ${this.#redaction.url(url)} (attempt ${number}, ${requestId}, ${await this.#way(url, address)})`,
    )
    this.#headers('>', headers)
    this.#body('>', body, headers['content-type'])
    return {
      answered: incoming => {
        this.#say(`< ${incoming.status} after ${took()} (${incoming.headers['x-request-id'] ?? requestId})`)
        this.#headers('<', incoming.headers)
        return { ...incoming, body: Readable.from(this.#tee(incoming, took), { objectMode: false }) }
      },
      failed: error => this.#say(`! ${describeAddress(address)}: ${messageOf(error)} after ${took()} (${requestId})`),
    }
  }

  /** A WebSocket that is about to be opened. */
  async opens(address: Address, path: string, requestId: string): Promise<void> {
    const url = new URL(path, address.url)
    this.socket(
      `${this.#redaction.url(url).slice(url.origin.length)} opens (${requestId}, ${await this.#way(url, address)})`,
    )
  }

  /** What happens to a WebSocket. */
  socket(line: string): void {
    this.#say(`* WebSocket ${line}`)
  }

  async #way(url: URL, { network, socketPath }: Address): Promise<string> {
    if (socketPath !== undefined) return `over ${socketPath}`
    const { proxy } = await network.route(url)
    return proxy ? `through the proxy ${describeProxy(proxy)}` : 'directly'
  }

  async *#tee({ body, headers }: Incoming, took: () => string): AsyncGenerator<Uint8Array> {
    const chunks: Uint8Array[] = []
    let bytes = 0
    try {
      for await (const chunk of body as AsyncIterable<Uint8Array>) {
        bytes += chunk.length
        if (bytes <= KEPT_BYTES) chunks.push(chunk)
        yield chunk
      }
      this.#body('<', bytes <= KEPT_BYTES ? Buffer.concat(chunks).toString() : bytes, headers['content-type'])
    } catch (error) {
      this.#say(`! the body was cut after ${bytes} bytes and ${took()}: ${messageOf(error)}`)
      throw error
    }
  }

  #headers(mark: string, headers: Readonly<Record<string, string>>): void {
    for (const [name, value] of Object.entries(headers)) this.#say(`${mark}   ${name}: ${this.#redaction.header(name, value)}`) // prettier-ignore
  }

  #body(mark: string, body: Outgoing['body'] | number, type = ''): void {
    if (body === undefined || body === '') return
    if (typeof body === 'number') return this.#say(`${mark}   (${body} bytes)`)
    if (typeof body !== 'string') return this.#say(`${mark}   (${body instanceof Uint8Array ? `${body.length} bytes` : 'a stream'})`) // prettier-ignore
    const text = this.#redaction.body(body, type)
    const rest = text.length - SHOWN_CHARACTERS
    this.#say(`${mark}   ${text.slice(0, SHOWN_CHARACTERS)}${rest > 0 ? `… (${rest} characters more)` : ''}`)
  }

  #say(line: string): void {
    this.#write(`debug: ${this.#redaction.text(line)}`)
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message || error.constructor.name : String(error)
}
