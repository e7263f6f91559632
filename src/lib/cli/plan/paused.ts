import { AppError } from '../../core/errors.ts'
import type { EnvironmentRef } from '../../core/model.ts'
import { printTarget } from '../target-name.ts'

/** What needs a running environment is refused, as by the change itself. */
export function paused(target: EnvironmentRef): AppError {
  const { environment, project } = target
  return new AppError('conflict.paused', `${printTarget(target)} is paused`, {
    suggestions: [`aloft environments resume ${environment}${project === undefined ? '' : ` --project ${project}`}`],
  })
}
