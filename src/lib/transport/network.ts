import { createNodeSender } from './node-sender.ts'
import { Redaction } from './redaction.ts'
import { createRoutes, type Route } from './route.ts'
import type { Sender } from './sender.ts'
import type { Trace } from './trace.ts'

export interface NetworkOptions {
  /** For proxies and certificates; the process's own outside tests. */
  readonly environment: NodeJS.ProcessEnv
  /** What sends: `node` starts fastest and is the default, `undici` knows HTTP/2. The same policy surrounds both. */
  readonly library?: 'node' | 'undici' | undefined
  /** A line of the conversation, for instance that a long wait begins. */
  readonly tell?: ((line: string) => void) | undefined
  /** Takes a line of the trace of requests and answers (`--debug`); absent: they are not traced. */
  readonly debug?: ((line: string) => void) | undefined
}

/** The way out of this process: one for a command, shared by every address it speaks to. */
export interface Network {
  readonly redaction: Redaction
  /** @throws usage.proxy, usage.certificates */
  route(url: URL): Promise<Route>
  sender(): Promise<Sender>
  /** Undefined unless requests are traced. */
  trace(): Promise<Trace | undefined>
  tell(line: string): void
}

/** Reads and loads nothing until something is sent. */
export function createNetwork({ debug, environment, library = 'node', tell }: NetworkOptions): Network {
  const redaction = new Redaction()
  let route: Network['route'] | undefined
  const routeTo: Network['route'] = url => (route ??= createRoutes(environment, redaction))(url)
  let sender: Promise<Sender> | undefined
  let trace: Promise<Trace> | undefined
  const load = async (): Promise<Sender> =>
    library === 'node' ? createNodeSender(routeTo) : (await import('./undici-sender.ts')).createUndiciSender(routeTo)
  const loadTrace = async (write: (line: string) => void): Promise<Trace> => {
    const { Trace: Loaded } = await import('./trace.ts')
    return new Loaded(write, redaction)
  }
  return {
    redaction,
    route: routeTo,
    sender: () => (sender ??= load()),
    tell: line => tell?.(redaction.text(line)),
    trace: async () => (debug ? (trace ??= loadTrace(debug)) : undefined),
  }
}
