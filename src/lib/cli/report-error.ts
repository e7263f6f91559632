import { toErrorDocument } from '../core/errors.ts'
import { exitCodeOf } from './exit-codes.ts'
import { isPipeClosed } from './pipe-closed.ts'
import { layoutOfStderr } from './render/layout.ts'
import { renderError } from './render/error.ts'
import type { Runtime } from './runtime.ts'

/** The version of the envelope around every `--json` document. */
export const ENVELOPE_VERSION = 1

export interface ReportOptions {
  readonly json: boolean
  /** One line with a `type`, for commands that stream. */
  readonly streams?: boolean
  readonly warnings: readonly string[]
  /** Instead of the one that the error's code asks for. */
  readonly exitCode?: number | undefined
}

/** The one place that turns anything thrown into text or the JSON document, and into the exit code. */
export function reportError(error: unknown, runtime: Runtime, options: ReportOptions): void {
  const document = toErrorDocument(error)
  runtime.setExitCode(options.exitCode ?? exitCodeOf(document))
  if (options.json) {
    const { streams, warnings } = options
    const text = streams
      ? JSON.stringify({ type: 'error', error: document })
      : JSON.stringify({ version: ENVELOPE_VERSION, error: document, warnings }, null, 2)
    if (
      !tryToWrite(
        runtime,
        `${text}
`,
      )
    )
      runtime.tell(renderError(document, layoutOfStderr(runtime)))
  } else {
    runtime.tell(renderError(document, layoutOfStderr(runtime)))
  }
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
