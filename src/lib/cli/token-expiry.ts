import { AppError } from '../core/errors.ts'
import { MAX_TOKEN_DAYS } from '../providers/local-platform.ts'
import { parseDuration } from './times.ts'

export const NEVER = 'never'

/** Seconds that a token is valid for; undefined for ever. @throws usage.flag */
export async function parseExpiry(text: string): Promise<number | undefined> {
  if (text === NEVER) return undefined
  const seconds = Math.max(1, Math.round((await parseDuration(text, 'expires')) / 1000))
  if (seconds <= MAX_TOKEN_DAYS * 86_400) return seconds
  throw new AppError('usage.flag', `--expires takes ${MAX_TOKEN_DAYS}d at most, or ${NEVER}`)
}
