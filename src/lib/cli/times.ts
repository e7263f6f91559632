import { AppError } from '../core/errors.ts'
import { looksLikeIsoTime, missingDate, readIsoTime } from '../core/iso-time.ts'

const DURATION = /^(\d+(\.\d+)?\s*(ms|s|m|h|d|w)\s*)+$/i

/** `10m`, `1h30m`, `45s` in milliseconds. @throws usage.flag */
export async function parseDuration(text: string, flag: string): Promise<number> {
  const { default: parse } = await import('parse-duration')
  const ms = DURATION.test(text.trim()) ? parse(text) : null
  if (ms !== null && ms > 0) return ms
  throw new AppError('usage.flag', `--${flag} ${text} is not a duration`, {
    suggestions: [`write --${flag} 30s, 10m or 1h30m`],
  })
}

/**
 * A moment as ISO 8601 in UTC, from ISO 8601 (local time where it names no zone), a duration back from now (`10m`) or
 * plain English (`2 hours ago`, `yesterday at 9pm`). @throws usage.time
 */
export async function parseTime(text: string, flag: string, now: number): Promise<string> {
  const time = await findTime(text, now)
  if (time !== undefined) return time
  throw new AppError('usage.time', `--${flag} ${JSON.stringify(text)} is not a time${whyNot(text)}`, {
    suggestions: [`write --${flag} 10m, --${flag} "yesterday at 9pm" or --${flag} 2026-01-31T12:00:00Z`],
  })
}

/** As `parseTime`; undefined where it is none. */
export async function findTime(text: string, now: number): Promise<string | undefined> {
  const trimmed = text.trim()
  if (looksLikeIsoTime(trimmed)) return readIsoTime(trimmed)
  if (DURATION.test(trimmed)) return new Date(now - (await parseDuration(trimmed, 'time'))).toISOString()
  return missingDate(trimmed) === undefined ? findInWords(trimmed, now) : undefined
}

/** What to add to a message that a text is no time. */
export function whyNot(text: string): string {
  const missing = missingDate(text)
  return missing === undefined ? '' : `: there is no ${missing}`
}

/** Numbers that are not understood, e.g. of a day that its month does not have, make it another time than was meant. */
async function findInWords(text: string, now: number): Promise<string | undefined> {
  const { parse } = await import('chrono-node/en')
  const [found] = parse(text, new Date(now))
  if (!found || /\d/.test(text.replace(found.text, ''))) return undefined
  return found.date().toISOString()
}
