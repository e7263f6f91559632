import type { ErrorKind } from '../core/error-kinds.ts'
import type { ErrorDocument } from '../core/errors.ts'

export interface ExitCode {
  readonly code: number
  /** First word of the error codes that end with it; absent: no error does. */
  readonly kind?: ErrorKind
  /** Of an interruption: the signal's name. */
  readonly signal?: NodeJS.Signals
  readonly meaning: string
}

/** What a program that called us reads: the one table, from which help, documentation and `commands.snapshot.txt` are made. */
export const exitCodes = [
  { code: 0, meaning: 'done; with `--no-wait`: accepted' },
  { code: 1, kind: 'internal', meaning: 'unexpected error: a defect of aloft' },
  { code: 2, kind: 'usage', meaning: 'wrong usage, bad input, or an answer was needed and there is no terminal' },
  { code: 4, kind: 'auth', meaning: 'not logged in, expired, or forbidden' },
  { code: 5, kind: 'not-found', meaning: 'no such project, environment, service, …' },
  { code: 6, kind: 'conflict', meaning: 'conflict: locked, changed meanwhile, or a precondition does not hold' },
  { code: 7, kind: 'failed', meaning: 'what was asked for ran and failed, or somebody cancelled it' },
  { code: 8, kind: 'pending', meaning: 'still running, or waiting for an answer, when the deadline passed' },
  { code: 9, kind: 'unsupported', meaning: 'this provider does not offer that' },
  { code: 75, kind: 'unavailable', meaning: 'transient: network, rate limit, server busy after retries' },
  { code: 130, kind: 'interrupted', meaning: 'interrupted (Ctrl-C)', signal: 'SIGINT' },
  { code: 143, kind: 'interrupted', meaning: 'terminated', signal: 'SIGTERM' },
  {
    code: 255,
    kind: 'session',
    meaning: "`shell` and `exec`: anything that failed on our side; else they end with the remote's own code",
  },
] as const satisfies readonly ExitCode[]

/** Any command that asks a provider may end with one of these. */
export const PROVIDER_KINDS: readonly ErrorKind[] = [
  'internal',
  'usage',
  'auth',
  'not-found',
  'conflict',
  'failed',
  'unsupported',
  'unavailable',
  'interrupted',
]

/** A command that only looks at this machine. */
export const LOCAL_KINDS: readonly ErrorKind[] = ['internal', 'usage', 'not-found', 'interrupted']

export const EXIT_UNEXPECTED = codeOf('internal')

/** `shell` and `exec`: whatever goes wrong before or around the remote process. */
export const EXIT_SESSION = codeOf('session')

/**
 * The exit code of a failure. What was asked for, ran and failed is 7 whatever the activity's own code says; an
 * interruption is 128 + the signal's number.
 */
export function exitCodeOf(error: ErrorDocument): number {
  const { result, signal } = error.details ?? {}
  const kind = error.code.split('.')[0]
  if (kind !== 'interrupted' && (result === 'failure' || result === 'cancelled')) return codeOf('failed')
  return codeOf(kind, signal)
}

function codeOf(kind: string | undefined, signal?: unknown): number {
  const ofKind = exitCodes.filter(each => 'kind' in each && each.kind === kind)
  const exact = ofKind.find(each => 'signal' in each && each.signal === signal)
  return (exact ?? ofKind[0])?.code ?? 1
}
