const DATE = /\d{4}-\d{2}-\d{2}/g
const ISO_TIME = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$/i

/** Whether a text has the form of an ISO 8601 time, be there such a time or not. */
export function looksLikeIsoTime(text: string): boolean {
  return ISO_TIME.test(text)
}

/** A moment as ISO 8601 in UTC, from ISO 8601 (local time where it names no zone); undefined where it is none. */
export function readIsoTime(text: string): string | undefined {
  if (!looksLikeIsoTime(text) || missingDate(text) !== undefined) return undefined
  const hasTime = text.length > 'YYYY-MM-DD'.length
  const at = Date.parse(hasTime ? text.replace(' ', 'T') : `${text}T00:00:00`)
  return Number.isNaN(at) ? undefined : new Date(at).toISOString()
}

/** The first date in a text that no calendar has: `Date.parse` takes 2026-02-31 for 3 March. */
export function missingDate(text: string): string | undefined {
  return text.match(DATE)?.find(date => !isDate(date))
}

function isDate(date: string): boolean {
  const at = Date.parse(`${date}T00:00:00Z`)
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(date)
}
