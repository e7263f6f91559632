import { rm, stat } from 'node:fs/promises'
import type { LogLimits } from './port.ts'
import { isMissing, listSegments, type Segment } from './segments.ts'

/**
 * Removes the oldest segments of a source: those above the total size, and those last written longer ago than the
 * allowed age. The newest segment stays, because its name carries the sequence on.
 */
export async function applyRetention(directory: string, limits: LogLimits, now: number): Promise<void> {
  const measured = await Promise.all((await listSegments(directory)).map(measure))
  let total = measured.reduce((sum, { size }) => sum + size, 0)
  for (const { modifiedAt, segment, size } of measured.slice(0, -1)) {
    if (total <= limits.totalBytes && now - modifiedAt <= limits.maxAgeMs) break
    await rm(segment.path, { force: true })
    total -= size
  }
}

interface Measured {
  readonly segment: Segment
  readonly size: number
  readonly modifiedAt: number
}

async function measure(segment: Segment): Promise<Measured> {
  try {
    const { mtimeMs, size } = await stat(segment.path)
    return { segment, size, modifiedAt: mtimeMs }
  } catch (error) {
    if (isMissing(error)) return { segment, size: 0, modifiedAt: 0 }
    throw error
  }
}
