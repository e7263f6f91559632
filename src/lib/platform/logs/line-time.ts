const AT = '","at":"'
const AT_LENGTH = 24

/** The time of a record's line, undefined for a gap. ISO 8601 in UTC with milliseconds, so comparable as text. */
export function lineTime(text: string, start = 0): string | undefined {
  if (!text.startsWith('{"type":"log"', start)) return undefined
  const position = text.indexOf(AT, start)
  return position === -1 ? undefined : text.slice(position + AT.length, position + AT.length + AT_LENGTH)
}
