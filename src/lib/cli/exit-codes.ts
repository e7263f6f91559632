import type { ErrorDocument } from '../core/errors.ts'

export const EXIT_UNEXPECTED = 1

/** What a program that called us reads (docs: exit codes). Decided by the first word of the error's code. */
const EXIT_CODES: Readonly<Record<string, number>> = {
  auth: 4,
  conflict: 6,
  failed: 7,
  internal: EXIT_UNEXPECTED,
  'not-found': 5,
  pending: 8,
  session: 255,
  unavailable: 75,
  unsupported: 9,
  usage: 2,
}

const EXIT_OF_SIGNAL: Readonly<Record<string, number>> = { SIGINT: 130, SIGTERM: 143 }
const EXIT_FAILED = 7

/** `shell` and `exec`: whatever goes wrong before or around the remote process. */
export const EXIT_SESSION = 255

/**
 * The exit code of a failure. What was asked for, ran and failed is 7 whatever the activity's own code says; an
 * interruption is 128 + the signal's number.
 */
export function exitCodeOf(error: ErrorDocument): number {
  const { result, signal } = error.details ?? {}
  const kind = error.code.split('.')[0] ?? ''
  if (kind === 'interrupted') return EXIT_OF_SIGNAL[String(signal)] ?? 130
  if (result === 'failure' || result === 'cancelled') return EXIT_FAILED
  return EXIT_CODES[kind] ?? EXIT_UNEXPECTED
}
