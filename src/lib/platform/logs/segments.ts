import { readdirSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'

/** A file of consecutive records, named by the sequence number of its first one. */
export interface Segment {
  readonly first: number
  readonly path: string
}

/** In a source's directory once nothing will be added; its content is the last sequence number. */
export const ENDED_MARKER = 'ended'

const NAME = /^(\d{16})\.ndjson$/

export function segmentPath(directory: string, first: number): string {
  return join(directory, `${String(first).padStart(16, '0')}.ndjson`)
}

/** Oldest first; none when the directory does not exist. */
export async function listSegments(directory: string): Promise<Segment[]> {
  try {
    return toSegments(directory, await readdir(directory))
  } catch (error) {
    if (isMissing(error)) return []
    throw error
  }
}

export function listSegmentsSync(directory: string): Segment[] {
  try {
    return toSegments(directory, readdirSync(directory))
  } catch (error) {
    if (isMissing(error)) return []
    throw error
  }
}

export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}

function toSegments(directory: string, names: readonly string[]): Segment[] {
  const segments: Segment[] = []
  for (const name of names) {
    const first = NAME.exec(name)?.[1]
    if (first !== undefined) segments.push({ first: Number(first), path: join(directory, name) })
  }
  return segments.toSorted((a, b) => a.first - b.first)
}
