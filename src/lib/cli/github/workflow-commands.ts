import { randomUUID } from 'node:crypto'

/*
 * What GitHub Actions reads in the output of a step, on stdout and on stderr alike: we use stderr, so that stdout stays the product.
 * https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
 */

export interface Annotation {
  readonly level: 'error' | 'warning'
  readonly message: string
  readonly title?: string | undefined
  /** Relative to the repository. */
  readonly file?: string | undefined
  /** From 1. */
  readonly line?: number | undefined
  readonly col?: number | undefined
}

export function isGitHub(environment: NodeJS.ProcessEnv): boolean {
  return environment['GITHUB_ACTIONS'] === 'true'
}

/** `::error file=app.js,line=1::message`, one line. */
export function renderAnnotation({ level, message, ...properties }: Annotation): string {
  const known = Object.entries(properties).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${escapeProperty(String(value))}`],
  )
  return `::${level}${known.length > 0 ? ` ${known.join(',')}` : ''}::${escapeData(message)}\n`
}

/** A part of the log that can be folded, in which nothing is a command, whatever an application prints. */
export interface Group {
  readonly begin: string
  readonly end: string
}

export function createGroup(title: string): Group {
  const { begin, end } = createLiteral()
  return { begin: `::group::${escapeData(title)}\n${begin}`, end: `${end}::endgroup::\n` }
}

/** Around text of others: nothing in it is a command. */
export function createLiteral(): Group {
  // nobody can guess the word that lets commands through again
  const word = randomUUID()
  return { begin: `::stop-commands::${word}\n`, end: `::${word}::\n` }
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
