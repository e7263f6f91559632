import { ENVIRONMENT_TYPES, type EnvironmentRef } from '../../core/model.ts'
import { AppError } from '../../core/errors.ts'
import type { Deletion, Environments } from '../port.ts'
import type { PlatformClient } from './client.ts'

export function createEnvironments(client: PlatformClient): Environments {
  return {
    clone: ({ data, environment, parent, project, type }, call) =>
      client.call(
        'branchEnvironment',
        { body: { data, name: environment, type }, params: environmentParams({ environment: parent, project }) },
        call,
      ),
    create: ({ environment, parent, project, type }, call) =>
      client.call(
        'createEnvironment',
        { body: { name: environment, parent, type }, params: { project: required(project) } },
        call,
      ),
    delete: ({ lastBackup, ...environment }, call) =>
      client.call(
        'deleteEnvironment',
        { params: environmentParams(environment), query: deletionQuery({ lastBackup }) },
        call,
      ),
    get: (environment, call) => client.call('getEnvironment', { params: environmentParams(environment) }, call),
    async *list(project, call) {
      yield* (await client.call('listEnvironments', { params: { project: required(project) } }, call)).items
    },
    pause: (environment, call) => client.call('pauseEnvironment', { params: environmentParams(environment) }, call),
    resume: (environment, call) => client.call('resumeEnvironment', { params: environmentParams(environment) }, call),
    sync: ({ code, data, safetyBackup, ...environment }, call) =>
      client.call(
        'syncEnvironment',
        { body: { backup: safetyBackup, code, data }, params: environmentParams(environment) },
        call,
      ),
    support: {
      belongToProject: true,
      clone: true,
      create: true,
      delete: true,
      lastBackup: true,
      parents: true,
      pause: true,
      sync: true,
      types: ENVIRONMENT_TYPES,
    },
  }
}

export function deletionQuery({ lastBackup = true }: Deletion): { readonly backup?: 'no' } {
  return lastBackup ? {} : { backup: 'no' }
}

/** The path parameters of an environment. @throws usage.input-required without a project */
export function environmentParams({ environment, project }: EnvironmentRef): { project: string; environment: string } {
  return { environment, project: required(project) }
}

function required(project: string | undefined): string {
  if (project !== undefined) return project
  throw new AppError('usage.input-required', 'which project?', { suggestions: ['--project NAME'] })
}
