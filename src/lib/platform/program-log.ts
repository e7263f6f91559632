import { type Logger, pino } from 'pino'

/** Bytes that are kept while the disk under the log is full. */
const PENDING_BYTES = 1024 * 1024

/**
 * The log of a program whose output is its log: one JSON object a line, written before the call returns. It never throws: a
 * full disk under it fails nothing else, and it goes on when there is room.
 */
export function createProgramLog(fd = 1): Logger {
  const output = pino.destination({ fd, maxLength: PENDING_BYTES, sync: true })
  output.on('error', () => undefined)
  return pino({ base: { pid: process.pid }, timestamp: pino.stdTimeFunctions.isoTime }, output)
}
