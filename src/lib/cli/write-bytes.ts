import { writeSync } from 'node:fs'
import { outputError } from './output-error.ts'

const RETRY_MS = 1
const sleeper = new Int32Array(new SharedArrayBuffer(4))

/**
 * Writes all bytes before it returns, so that a slow reader slows us down: nothing piles up in memory and nothing is
 * lost at exit. A descriptor that is non-blocking and full (EAGAIN) is tried again each millisecond.
 * @throws PipeClosed when the reader has gone, internal.output when it cannot be written
 */
export function writeBytes(descriptor: number, bytes: Uint8Array): void {
  let offset = 0
  while (offset < bytes.byteLength) {
    try {
      offset += writeSync(descriptor, bytes, offset)
    } catch (error) {
      if (!isErrno(error)) throw error
      if (error.code !== 'EAGAIN') throw outputError(error)
      Atomics.wait(sleeper, 0, 0, RETRY_MS)
    }
  }
}

function isErrno(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'code' in error
}
