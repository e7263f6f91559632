import { closeSync, fstatSync, ftruncateSync, openSync, readSync } from 'node:fs'
import { lineSequences } from './line-sequence.ts'
import { listSegmentsSync } from './segments.ts'

/** Where a writer goes on. */
export interface Recovered {
  /** Sequence number of the next record. */
  readonly next: number
  /** The segment to go on with, if there is one. */
  readonly segment?: { readonly path: string; readonly size: number } | undefined
}

/** More than the longest line, so that the last whole one is in it. */
const TAIL_BYTES = 1_048_576
const NEWLINE = 10

/** Finds the last whole record of a source and cuts off what a killed writer left behind it. */
export function recoverSource(directory: string): Recovered {
  const last = listSegmentsSync(directory).at(-1)
  if (last === undefined) return { next: 1 }
  const fd = openSync(last.path, 'r+')
  try {
    const { size } = fstatSync(fd)
    const start = Math.max(0, size - TAIL_BYTES)
    const tail = Buffer.alloc(size - start)
    readSync(fd, tail, 0, tail.length, start)
    const whole = lastRecord(tail)
    if (whole === undefined) {
      // Nothing readable: each record takes more than a byte, so a number this far on was never used.
      ftruncateSync(fd, 0)
      return { next: last.first + size, segment: { path: last.path, size: 0 } }
    }
    const end = start + whole.end
    if (end < size) ftruncateSync(fd, end)
    return { next: whole.last + 1, segment: { path: last.path, size: end } }
  } finally {
    closeSync(fd)
  }
}

function lastRecord(tail: Buffer): { readonly last: number; readonly end: number } | undefined {
  let end = tail.lastIndexOf(NEWLINE)
  while (end !== -1) {
    const previous = end === 0 ? -1 : tail.lastIndexOf(NEWLINE, end - 1)
    const sequences = lineSequences(tail.toString('latin1', previous + 1, end))
    if (sequences !== undefined) return { last: sequences.last, end: end + 1 }
    end = previous
  }
  return undefined
}
