import { AppError } from '../core/errors.ts'
import type { EnvironmentType } from '../core/model.ts'
import { LOOKED_FOR, readDetected } from './detect/detect.ts'
import type { EnvironmentSpec } from './environment-spec.ts'
import { createFindings, throwFindings } from './findings.ts'
import { FORMATS } from './formats.ts'
import type { ProjectFiles } from './project-files.ts'
import { openTree } from './tree.ts'

export interface ReadProjectOptions {
  readonly environment: {
    readonly name: string
    readonly type: EnvironmentType
    readonly isDefault?: boolean | undefined
  }
  readonly projectName: string
}

/**
 * What a project's files say for one environment. Where files of several formats are there, the first of `FORMATS` wins
 * and a warning names the others; where there are none, the directory itself is looked at.
 * @throws usage.config with all problems at once (`details.problems`), usage.config-unsupported with all that this
 * platform does not have yet, usage.source when there is nothing to deploy
 */
export async function readProject(files: ProjectFiles, options: ReadProjectOptions): Promise<EnvironmentSpec> {
  const { environment, projectName: project } = options
  const tree = await openTree(files)
  const findings = createFindings()
  const found = FORMATS.map(format => ({ files: format.find(tree), format })).filter(
    ({ files: { length } }) => length > 0,
  )
  const [first, ...others] = found
  if (!first) {
    const detected = await readDetected({ environment, files: [], findings, project, tree })
    throwFindings(findings)
    if (detected.applications.length === 0) throw nothingFound()
    return { ...detected, files: [], warnings: findings.warnings }
  }
  const result = await first.format.read({ environment, files: first.files, findings, project, tree })
  throwFindings(findings)
  const ignored = others.flatMap(other => other.files)
  const overruled =
    ignored.length === 0 ? [] : [`${ignored.join(', ')}: not read, because ${first.files.join(', ')} comes first`]
  return {
    ...result,
    files: [...first.files, ...first.format.also.filter(path => tree.has(path))],
    warnings: [...overruled, ...findings.warnings],
  }
}

function nothingFound(): AppError {
  const names = FORMATS.map(({ title }) => title).join(', ')
  return new AppError(
    'usage.source',
    'There is nothing here that can be deployed: no project file and no known kind of application.',
    {
      details: { lookedFor: [...FORMATS.map(({ title }) => title), ...LOOKED_FOR.split(', ')] },
      suggestions: [
        `Run in a project directory. Looked for: ${names}; ${LOOKED_FOR}.`,
        'Add an aloft.yaml, or a Procfile with a line "web: COMMAND" that listens on $PORT.',
      ],
    },
  )
}
