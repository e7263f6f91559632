import { type ErrorDocument, toErrorDocument } from '../core/errors.ts'
import { exitCodeOf } from './exit-codes.ts'
import { annotateError } from './github/annotate-error.ts'
import { createLiteral, isGitHub, renderAnnotation } from './github/workflow-commands.ts'
import { isPipeClosed } from './pipe-closed.ts'
import { layoutOfStderr } from './render/layout.ts'
import { renderError } from './render/error.ts'
import type { Runtime } from './runtime.ts'

const NOTHING = { begin: '', end: '' }

export interface ReportOptions {
  /** The error as text for stdout, where a program reads it; absent: for people, on stderr. */
  readonly print?: ((error: ErrorDocument) => string) | undefined
  /** The directory that file names in the error are relative to; the working directory when it is not known. */
  readonly filesIn?: string | undefined
  /** Instead of the one that the error's code asks for. */
  readonly exitCode?: number | undefined
}

/** The one place that turns anything thrown into text or the JSON document, and into the exit code. */
export function reportError(error: unknown, runtime: Runtime, { exitCode, filesIn, print }: ReportOptions): void {
  const document = toErrorDocument(error)
  runtime.setExitCode(exitCode ?? exitCodeOf(document))
  if (isPlainCtrlC(document, runtime)) return runtime.tell('\n')
  const isPrinted = print !== undefined && tryToWrite(runtime, print(document))
  if (!isPrinted) tellError(document, runtime)
  if (isGitHub(runtime.environment)) annotate(document, runtime, filesIn)
  if (showsStack(document, runtime) && error instanceof Error) runtime.tell(`${error.stack ?? ''}\n`)
}

/** It left nothing behind: the terminal shows `^C`, and the exit code says the rest. */
function isPlainCtrlC({ code, details, suggestions }: ErrorDocument, { terminal }: Runtime): boolean {
  const isCtrlC = code === 'interrupted.signal' && details?.['signal'] === 'SIGINT'
  return isCtrlC && suggestions.length === 0 && terminal.interactive
}

function tellError(document: ErrorDocument, runtime: Runtime): void {
  const text = renderError(document, layoutOfStderr(runtime))
  const { begin, end } = isGitHub(runtime.environment) ? createLiteral() : NOTHING
  runtime.tell(`${begin}${text}${end}`)
}

function annotate(document: ErrorDocument, runtime: Runtime, directory: string = runtime.directory): void {
  const places = { directory, repository: runtime.environment['GITHUB_WORKSPACE'] }
  for (const annotation of annotateError(document, places)) runtime.tell(renderAnnotation(annotation))
}

/** Under `--debug` of what nobody expected; with DEBUG of everything. */
function showsStack({ code }: ErrorDocument, { environment, isDebugging }: Runtime): boolean {
  return Boolean(environment['DEBUG']) || (isDebugging && code.startsWith('internal'))
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
