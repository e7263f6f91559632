// Reads 1 MB/s from its standard input for the seconds it is given, then goes.
import { readSync } from 'node:fs'

const PIECE = 50_000
const PAUSE_MS = 50
const sleeper = new Int32Array(new SharedArrayBuffer(4))
const buffer = Buffer.alloc(PIECE)
const startedAt = performance.now()
for (let pieces = 1; pieces <= (Number(process.argv[2]) * 1000) / PAUSE_MS; pieces++) {
  for (let count = 0; count < PIECE;) {
    const length = readSync(0, buffer, 0, PIECE - count, null)
    if (length === 0) throw new Error('the stream ended before the time was over')
    count += length
  }
  Atomics.wait(sleeper, 0, 0, Math.max(0, startedAt + pieces * PAUSE_MS - performance.now()))
}
