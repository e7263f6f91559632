import type { Redaction } from './redaction.ts'

/** How a server is reached. */
export interface Route {
  /** With its credentials: never shown as it is. */
  readonly proxy: URL | undefined
  /** PEM of every authority that is trusted; undefined: Node's own. */
  readonly certificates: readonly string[] | undefined
}

const DIRECT: Route = { certificates: undefined, proxy: undefined }
const PROXY_VARIABLES = ['https_proxy', 'http_proxy', 'all_proxy'].flatMap(name => [name, name.toUpperCase()])
const CERTIFICATE_VARIABLES = ['ALOFT_CA_FILE', 'SSL_CERT_FILE']

/**
 * Decides by environment variables, read once. Nothing is loaded when none of them is set.
 * The function it returns throws usage.proxy and usage.certificates.
 */
export function createRoutes(environment: NodeJS.ProcessEnv, redaction: Redaction): (url: URL) => Promise<Route> {
  const hasProxy = PROXY_VARIABLES.some(name => environment[name])
  const files = CERTIFICATE_VARIABLES.flatMap(name => (environment[name] ? [{ file: environment[name], name }] : []))
  let certificates: Promise<readonly string[]> | undefined
  const readCertificates = async (): Promise<readonly string[]> =>
    (await import('./certificates.ts')).trustedCertificates(files)
  const findProxy = async (url: URL): Promise<URL | undefined> =>
    (await import('./proxy.ts')).proxyFor(url, environment, redaction)
  return async url => {
    const proxy = hasProxy ? await findProxy(url) : undefined
    if (files.length === 0 || !(isSecure(url) || proxy?.protocol === 'https:'))
      return proxy ? { ...DIRECT, proxy } : DIRECT
    return { certificates: await (certificates ??= readCertificates()), proxy }
  }
}

function isSecure({ protocol }: URL): boolean {
  return protocol === 'https:' || protocol === 'wss:'
}
