import { AppError } from '../../core/errors.ts'
import type { EnvironmentRef } from '../../core/model.ts'
import { printTarget } from '../target-name.ts'

export function notDeployed(environment: EnvironmentRef): AppError {
  return new AppError('conflict.not-deployed', `nothing is deployed to ${printTarget(environment)} yet`, {
    suggestions: ['aloft deploy'],
  })
}
