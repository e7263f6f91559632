import { join, relative } from 'node:path'
import type { ErrorDocument } from '../../core/errors.ts'
import type { Annotation } from './workflow-commands.ts'

export interface Places {
  /** What file names in the error are relative to. */
  readonly directory: string
  /** `GITHUB_WORKSPACE`: what file names in annotations are relative to. */
  readonly repository: string | undefined
}

/** GitHub shows ten of a kind for each step; what is left out is in the log. */
const SHOWN = 10

/** One for each place that the error names; else one without a place. */
export function annotateError({ code, details, message }: ErrorDocument, places: Places): Annotation[] {
  const problems: unknown = details?.['problems']
  const found = Array.isArray(problems) ? problems.filter(isPlaced) : []
  if (found.length === 0) return [{ level: 'error', message, title: code }]
  return found.slice(0, SHOWN).map(({ column, file, line, message: problem, path = '' }) => ({
    col: column,
    file: relative(places.repository ?? places.directory, join(places.directory, file)),
    level: 'error',
    line,
    message: path === '' ? problem : `${path}: ${problem}`,
    title: code,
  }))
}

interface Placed {
  readonly file: string
  readonly line: number
  readonly column: number
  readonly message: string
  /** Where in the file's structure. */
  readonly path?: string | undefined
}

function isPlaced(problem: unknown): problem is Placed {
  if (typeof problem !== 'object' || problem === null) return false
  return (
    'file' in problem &&
    typeof problem.file === 'string' &&
    'line' in problem &&
    typeof problem.line === 'number' &&
    'column' in problem &&
    typeof problem.column === 'number' &&
    'message' in problem &&
    typeof problem.message === 'string'
  )
}
