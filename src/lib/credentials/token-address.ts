import { AppError } from '../core/errors.ts'

/**
 * The address a token is sent to: HTTPS, or this machine. `source` is the flag or variable it came from.
 * @throws usage.flag
 */
export function parseTokenAddress(text: string, source: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url && (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname)))) return url
  throw new AppError('usage.flag', `${source} ${text} is not an address a token may be sent to`, {
    suggestions: [`write ${source} https://host, or http://127.0.0.1:PORT for this machine`],
  })
}

/** Without the slash at the end, as accounts keep it. */
export function addressOf(url: URL): string {
  return url.href.replace(/\/$/, '')
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host)
}
