import type { ErrorCode } from './error-codes.ts'

export interface AppErrorOptions {
  readonly cause?: unknown
  /** What to do about it: imperative, one command or step each. */
  readonly suggestions?: readonly string[]
  /** Data for programs (`--json`), never a secret. */
  readonly details?: Readonly<Record<string, unknown>>
}

/** The form in which an error travels: on the wire, in the store and under `--json`. */
export interface ErrorDocument {
  readonly code: string
  readonly message: string
  readonly suggestions: readonly string[]
  readonly details?: Readonly<Record<string, unknown>> | undefined
}

/**
 * A failure we can explain. It knows no exit code, HTTP status or colour: the CLI and the server each look those up
 * by the first word of the code.
 */
export class AppError extends Error {
  readonly code: ErrorCode
  readonly suggestions: readonly string[]
  readonly details: Readonly<Record<string, unknown>> | undefined

  constructor(code: ErrorCode, message: string, { cause, details, suggestions = [] }: AppErrorOptions = {}) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
    this.suggestions = suggestions
    this.details = details
  }
}

/** Tells an AppError by its shape: `instanceof` fails where two copies of this module are loaded. */
export function isAppError(error: unknown): error is AppError {
  return error instanceof Error && 'code' in error && 'suggestions' in error && Array.isArray(error.suggestions)
}

/** What anything thrown looks like as a document; unknown errors become `internal`. */
export function toErrorDocument(error: unknown): ErrorDocument {
  if (isAppError(error)) {
    const { code, details, message, suggestions } = error
    return details === undefined ? { code, message, suggestions } : { code, details, message, suggestions }
  }
  return { code: 'internal', message: error instanceof Error ? error.message : String(error), suggestions: [] }
}
