import { AppError } from '../core/errors.ts'
import { isLoopback } from '../core/loopback.ts'

/**
 * The address a token is sent to: HTTPS, or this machine. `source` is the flag or variable it came from.
 * @throws usage.flag
 */
export function parseTokenAddress(text: string, source: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.username || url?.password)
    throw new AppError(
      'usage.flag',
      `${source} holds a user name or a password, which would be shown with the address`,
      {
        suggestions: [`write ${source} ${url.protocol}//${url.host}, and pass the token with --token-stdin`],
      },
    )
  if (url && (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname)))) return url
  throw new AppError('usage.flag', `${source} ${text} is not an address a token may be sent to`, {
    suggestions: [`write ${source} https://host, or http://127.0.0.1:PORT for this machine`],
  })
}

/** Without the slash at the end, as accounts keep it. */
export function addressOf(url: URL): string {
  return url.href.replace(/\/$/, '')
}
