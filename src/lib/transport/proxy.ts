import { getProxyForUrl } from 'proxy-from-env'
import { AppError } from '../core/errors.ts'
import { isLoopback } from '../core/loopback.ts'
import type { Redaction } from './redaction.ts'

/**
 * The proxy that HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY name for a URL (the library reads the process's
 * variables). This machine is reached directly unless ALOFT_PROXY_LOOPBACK is set. @throws usage.proxy
 */
export function proxyFor(url: URL, environment: NodeJS.ProcessEnv, redaction: Redaction): URL | undefined {
  if (isLoopback(url.hostname) && !environment['ALOFT_PROXY_LOOPBACK']) return undefined
  const found = getProxyForUrl(url.href.replace(/^ws/, 'http'))
  if (found === '') return undefined
  const proxy = parse(found, environment)
  if (proxy && (proxy.protocol === 'http:' || proxy.protocol === 'https:')) {
    learnCredentials(proxy, redaction)
    return proxy
  }
  const what = proxy ? `${proxy.protocol}//${proxy.host}, which is neither an HTTP nor an HTTPS proxy` : 'not a URL'
  throw new AppError('usage.proxy', `the proxy for ${url.host} is ${what}`, {
    suggestions: ['write http://HOST:PORT or https://HOST:PORT into HTTPS_PROXY, HTTP_PROXY or ALL_PROXY'],
  })
}

/** As people see it: without credentials. */
export function describeProxy({ host, protocol }: URL): string {
  return `${protocol}//${host}`
}

/** Without a scheme the library takes the target's, but a proxy named by host and port speaks HTTP. */
function parse(found: string, environment: NodeJS.ProcessEnv): URL | undefined {
  const named = Object.values(environment).includes(found) ? found : found.replace(/^https:/, 'http:')
  return URL.canParse(named) ? new URL(named) : undefined
}

function learnCredentials({ password, username }: URL, redaction: Redaction): void {
  const plain = safeDecode(password)
  for (const secret of [password, plain, Buffer.from(`${safeDecode(username)}:${plain}`).toString('base64')])
    redaction.learn(secret)
}

/** A `%` that encodes nothing stands for itself. */
function safeDecode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
