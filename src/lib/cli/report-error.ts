import { type ErrorDocument, toErrorDocument } from '../core/errors.ts'
import { exitCodeOf } from './exit-codes.ts'
import { isPipeClosed } from './pipe-closed.ts'
import { layoutOfStderr } from './render/layout.ts'
import { renderError } from './render/error.ts'
import type { Runtime } from './runtime.ts'

export interface ReportOptions {
  /** The error as text for stdout, where a program reads it; absent: for people, on stderr. */
  readonly print?: ((error: ErrorDocument) => string) | undefined
  /** Instead of the one that the error's code asks for. */
  readonly exitCode?: number | undefined
}

/** The one place that turns anything thrown into text or the JSON document, and into the exit code. */
export function reportError(error: unknown, runtime: Runtime, { exitCode, print }: ReportOptions): void {
  const document = toErrorDocument(error)
  runtime.setExitCode(exitCode ?? exitCodeOf(document))
  const isPrinted = print !== undefined && tryToWrite(runtime, print(document))
  if (!isPrinted) runtime.tell(renderError(document, layoutOfStderr(runtime)))
  if (runtime.environment['DEBUG'] && error instanceof Error) runtime.tell(`${error.stack ?? ''}\n`)
}

/** False when stdout takes nothing; that its reader has gone is fine. */
function tryToWrite(runtime: Runtime, text: string): boolean {
  try {
    runtime.write(text)
    return true
  } catch (error) {
    return isPipeClosed(error)
  }
}
