import * as z from 'zod/mini'

/* Small schemas that the formats share. An absent key and one without a value are the same. */

export const text = z.string()
export const flag = z.boolean()
export const count = z.int().check(z.minimum(0))
export const anything = z.unknown()
export const port = z.int().check(z.minimum(1), z.maximum(65_535))
export const textOrNumber = z.union([z.string(), z.number()])

const MINUTE = 60_000
const DAY = 86_400_000
/** Months and years as nginx and the Platform.sh family count them. */
const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: MINUTE,
  h: 60 * MINUTE,
  d: DAY,
  w: 7 * DAY,
  M: 30 * DAY,
  y: 365 * DAY,
}
const DURATION = /^(\d+(?:\.\d+)?)(ms|s|m|h|d|w|M|y)?$/

/** `10s`, `5m`, `1d`, `2w`, `1M`, `1y`, or a number of seconds, as milliseconds. */
export const duration = z.pipe(
  z.union([z.number().check(z.minimum(0)), z.string()]).check(
    z.refine(value => milliseconds(value) !== undefined, {
      error: 'is no duration; expected a number of seconds, or e.g. 500ms, 10s, 5m, 2h, 1d, 2w, 1M, 1y',
    }),
  ),
  z.transform(value => milliseconds(value) ?? 0),
)

/** As `duration`; -1 stays -1. */
export const expires = z.union([z.literal(-1), duration])

function milliseconds(value: string | number): number | undefined {
  if (typeof value === 'number') return value * 1000
  const match = DURATION.exec(value)
  return match ? Number(match[1]) * (UNITS[match[2] ?? 's'] ?? 1000) : undefined
}

/** IANA name that this Node knows. */
export const timeZone = z
  .string()
  .check(z.refine(isTimeZone, { error: 'is no IANA time zone; expected e.g. UTC or Europe/Berlin' }))

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

export const regularExpression = z
  .string()
  .check(z.refine(isRegularExpression, { error: 'is no regular expression that can be used here' }))

function isRegularExpression(pattern: string): boolean {
  try {
    return new RegExp(pattern) instanceof RegExp
  } catch {
    return false
  }
}
