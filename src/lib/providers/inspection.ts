import { systemClock } from '../core/clock.ts'
import { isAppError } from '../core/errors.ts'
import { openStores } from '../credentials/stores.ts'
import { resolveHome } from '../protocol/home.ts'
import { makeHomeDirectory } from '../protocol/make-home.ts'
import { exchange } from '../transport/http.ts'
import { createNetwork, type Network } from '../transport/network.ts'

/** What `aloft doctor` looks at beyond what commands use. */
export interface Inspection {
  readonly detail: string
  /** What to do, when something is wrong. */
  readonly remedies?: readonly string[] | undefined
}

export interface ServerInspection extends Inspection {
  /** The server's clock less ours, ms; undefined when it says no time or does not answer. */
  readonly skewMs?: number | undefined
}

const DEADLINE_MS = 10_000

/** Whether credentials can be kept, and where they would be. */
export async function inspectCredentialStore(environment: NodeJS.ProcessEnv): Promise<Inspection> {
  try {
    const store = await openStores(environment, resolveHome(environment)).open('keychain')
    await store.get('doctor')
    return { detail: 'credentials are kept in the keychain' }
  } catch (error) {
    if (!isAppError(error)) throw error
    const isFile = error.code === 'auth.keychain-absent' || environment['ALOFT_CREDENTIAL_STORE'] === 'file'
    if (isFile) return { detail: `credentials are kept in an encrypted file: ${error.message}` }
    return { detail: error.message, remedies: error.suggestions }
  }
}

/** Whether a directory of the user's home is there, or can be made, and written. */
export async function inspectDirectory(path: string): Promise<Inspection> {
  try {
    await makeHomeDirectory(path, 0o700)
    return { detail: path }
  } catch (error) {
    return inspectionOf(error)
  }
}

/** How a server is reached, without asking it: proxies and certificates as the environment names them. */
export async function inspectRoute(url: URL, environment: NodeJS.ProcessEnv): Promise<Inspection> {
  try {
    const { certificates, proxy } = await createNetwork({ environment }).route(url)
    const way = proxy ? `through the proxy ${proxy.protocol}//${proxy.host}` : 'directly'
    return { detail: `${url.host} is reached ${way}${certificates ? ', with certificates of your own' : ''}` }
  } catch (error) {
    return inspectionOf(error)
  }
}

/** Whether a server answers at all, whatever it says, and what time it has. */
export async function inspectServer(
  url: URL,
  environment: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<ServerInspection> {
  try {
    const date = await askDate(url, createNetwork({ environment }), signal)
    const skewMs = Number.isNaN(date) ? undefined : date - systemClock.now()
    return { detail: `${url.host} answers`, skewMs }
  } catch (error) {
    signal.throwIfAborted()
    return inspectionOf(error)
  }
}

/** Milliseconds since the epoch, of the `Date` header (RFC 9110, 6.6.1); NaN without one. */
async function askDate(url: URL, network: Network, signal: AbortSignal): Promise<number> {
  const request = { deadlineMs: DEADLINE_MS, method: 'GET', path: '/', repeatable: false, signal } as const
  return exchange({ network, url: url.href }, request, async ({ headers }) => Date.parse(headers['date'] ?? ''))
}

function inspectionOf(error: unknown): Inspection {
  if (!isAppError(error)) throw error
  return { detail: error.message, remedies: error.suggestions }
}
