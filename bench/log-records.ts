import { globSync } from 'node:fs'
import { join } from 'node:path'
import type { LogLevel } from '../src/lib/core/events.ts'
import { createLogWriter } from '../src/lib/platform/logs/writer.ts'
import { createRandom } from '../test/helpers/random.ts'

export const RECORDS = 1_000_000
/** Time of the first record. */
export const FIRST_AT = '2026-01-01T00:00:00.000Z'

/** Fits into what the writer lets wait. */
const RECORDS_PER_FLUSH = 20_000
const ROUTES = ['/', '/cart', '/checkout', '/search?q=boots', '/products/1184/reviews', '/account/orders']
const FIRST_MS = Date.parse(FIRST_AT)
const LIMITS = { maxAgeMs: Number.MAX_SAFE_INTEGER, segmentBytes: 64 * 1024 * 1024, totalBytes: 1024 * 1024 * 1024 }

/**
 * Writes a log of 1,000,000 records of about 200 bytes below `directory` as the platform does; one of a hundred has a
 * message with quotes, which JSON escapes. Returns its files.
 */
export async function createLog(directory: string): Promise<string[]> {
  const writer = createLogWriter({ directory: join(directory, 'app'), limits: LIMITS, source: 'app' })
  const { below, pick } = createRandom(1)
  for (let index = 1; index <= RECORDS; index++) {
    const level: LogLevel = index % 100 === 0 ? 'error' : 'info'
    const text = `GET ${pick(ROUTES)} answered in ${below(400)} ms`
    const message = index % 100 === 0 ? `{"error":"timeout","request":"${text}"}` : text.padEnd(56, '.')
    const at = new Date(FIRST_MS + index).toISOString()
    writer.append({ at, instance: `web.${(index % 2) + 1}`, level, message, service: 'web' })
    if (index % RECORDS_PER_FLUSH === 0) await writer.flush()
  }
  await writer.close({ ended: true })
  return globSync('app/*.ndjson', { cwd: directory })
    .map(file => join(directory, file))
    .toSorted()
}
