import { AppError } from '../core/errors.ts'

/** One thing that is wrong with a project file, at its place (line and column from 1). */
export interface Problem {
  readonly file: string
  readonly line: number
  readonly column: number
  /** Where in the structure, e.g. `applications.web.mounts`; empty for the whole file. */
  readonly path: string
  readonly message: string
  readonly allowed?: readonly string[] | undefined
}

/** What readers collect, so that everything is said at once. */
export interface Findings {
  readonly problems: Problem[]
  /** Valid, but asks for what this platform does not have yet. */
  readonly unsupported: Problem[]
  /** Accepted, without effect or different from what was asked: one line each, naming key and file. */
  readonly warnings: string[]
}

export function createFindings(): Findings {
  return { problems: [], unsupported: [], warnings: [] }
}

/** @throws usage.config with all problems, or else usage.config-unsupported with all that is not there yet */
export function throwFindings(findings: Findings): void {
  const problems = distinct(findings.problems)
  const unsupported = distinct(findings.unsupported)
  if (problems.length > 0) {
    throw new AppError('usage.config', report('The project files have errors', [...problems, ...unsupported]), {
      details: { problems, unsupported },
      suggestions: ['Fix the places listed, then repeat.'],
    })
  }
  if (unsupported.length > 0) {
    throw new AppError(
      'usage.config-unsupported',
      report('The project files ask for what this platform does not have yet', unsupported),
      {
        details: { problems: unsupported },
        suggestions: ['Remove the keys named, or deploy to a cloud that has them.'],
      },
    )
  }
}

function report(title: string, problems: readonly Problem[]): string {
  return [`${title}:`, ...problems.toSorted(byPlace).map(describeProblem)].join('\n')
}

function describeProblem({ column, file, line, message, path }: Problem): string {
  return `${file}:${line}:${column}: ${path === '' ? '' : `${path}: `}${message}`
}

/** Each once, in the order of their places: what is read in two ways is told about once. */
function distinct(problems: readonly Problem[]): Problem[] {
  return [...new Map(problems.map(problem => [describeProblem(problem), problem])).values()].toSorted(byPlace)
}

function byPlace(a: Problem, b: Problem): number {
  return a.file.localeCompare(b.file) || a.line - b.line || a.column - b.column
}
