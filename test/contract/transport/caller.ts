import type { HttpRequest } from '../../../src/lib/transport/call.ts'
import { requestJson } from '../../../src/lib/transport/http.ts'
import { createNetwork, type NetworkOptions } from '../../../src/lib/transport/network.ts'
import type { Address } from '../../../src/lib/transport/address.ts'

export type Library = 'node' | 'undici'

export interface Caller {
  readonly address: Address
  /** What the user was told. */
  readonly told: readonly string[]
  /** What `--debug` wrote. */
  readonly debug: () => string
  json(request?: Partial<HttpRequest>): Promise<unknown>
}

export interface CallerOptions {
  readonly url: string
  readonly token?: string
  readonly environment?: NodeJS.ProcessEnv
  readonly traces?: boolean
}

/** Somebody who calls the server at an address. */
export function createCaller(
  library: NonNullable<NetworkOptions['library']>,
  { environment = {}, token, traces = false, url }: CallerOptions,
): Caller {
  const told: string[] = []
  let debug = ''
  const network = createNetwork({
    environment,
    library,
    tell: line => void told.push(line),
    ...(traces ? { debug: (line: string) => void (debug += `${line}\n`) } : {}),
  })
  const address: Address = { network, url, ...(token === undefined ? {} : { token: () => token }) }
  return {
    address,
    debug: () => debug,
    json: request =>
      requestJson(address, { method: 'GET', path: '/', signal: new AbortController().signal, ...request }),
    told,
  }
}

/** What a call throws. */
export async function failureOf(call: Promise<unknown>): Promise<unknown> {
  try {
    await call
  } catch (error) {
    return error
  }
  throw new Error('the call succeeded')
}
