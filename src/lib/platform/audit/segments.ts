import { mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

const NAME = /^(\d{12})\.jsonl$/

export interface Segment {
  readonly path: string
  /** Sequence number of its first entry. */
  readonly first: number
}

/** Oldest first; the directory is made when there is none. */
export function listSegments(directory: string): Segment[] {
  mkdirSync(directory, { mode: 0o700, recursive: true })
  return readdirSync(directory)
    .filter(name => NAME.test(name))
    .toSorted()
    .map(name => ({ first: Number(name.slice(0, 12)), path: join(directory, name) }))
}

export function segmentOf(directory: string, first: number): Segment {
  return { first, path: join(directory, `${String(first).padStart(12, '0')}.jsonl`) }
}
