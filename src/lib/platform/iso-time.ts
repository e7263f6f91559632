import { AppError } from '../core/errors.ts'
import { missingDate, readIsoTime } from '../core/iso-time.ts'

/** A moment of a request as ISO 8601 in UTC. @throws usage.request */
export function requireIsoTime(text: string): string {
  const time = readIsoTime(text)
  if (time !== undefined) return time
  const missing = missingDate(text)
  throw new AppError(
    'usage.request',
    `"${text}" is no ISO 8601 time${missing === undefined ? '' : `: there is no ${missing}`}`,
  )
}
