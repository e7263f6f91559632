import { resolve } from 'node:path'
import { AppError } from '../../core/errors.ts'
import type { DeployBody } from '../../protocol/call-schemas.ts'
import type { DeployInput, DeployRequest, Deploys } from '../port.ts'
import type { PlatformClient } from './client.ts'
import { environmentParams } from './environments.ts'
import type { IntakeCall } from './take-in.ts'

export interface DeploysOptions {
  /** For the stat caches of source scans. */
  readonly cacheDirectory: string
}

export function createDeploys(client: PlatformClient, { cacheDirectory }: DeploysOptions): Deploys {
  const toInput = async ({ environment, input }: DeployRequest, call: IntakeCall): Promise<DeployBody['input']> => {
    if (input.kind === 'build') return input
    if (input.kind !== 'source') throw unsupported(input)
    // what reads and sends sources takes long to load
    const { takeIn } = await import('./take-in.ts')
    const directory = resolve(input.directory)
    return { kind: 'tree', tree: await takeIn(client, { cacheDirectory, directory, environment }, call) }
  }
  const toBody = async (request: DeployRequest, call: IntakeCall): Promise<DeployBody> => ({
    buildOnly: request.buildOnly,
    input: await toInput(request, call),
    message: request.message,
    strategy: request.strategy,
    variables: request.variables,
  })
  return {
    async *list(environment, call) {
      yield* (await client.call('listDeployments', { params: environmentParams(environment) }, call)).items
    },
    plan: async (request, call) =>
      client.call(
        'planDeploy',
        { body: await toBody(request, call), params: environmentParams(request.environment) },
        call,
      ),
    rollback: ({ deployment, environment }, call) =>
      client.call('rollback', { body: { deployment }, params: environmentParams(environment) }, call),
    start: async (request, call) =>
      client.call(
        'deploy',
        { body: await toBody(request, call), params: environmentParams(request.environment) },
        call,
      ),
    support: {
      buildOnly: true,
      createsMissing: true,
      inputs: ['source', 'build'],
      plan: true,
      rollback: true,
      variables: true,
    },
  }
}

function unsupported({ kind }: DeployInput): AppError {
  const instead = kind === 'versions' ? 'deploy a build: aloft deploy --build ID' : 'deploy from a directory'
  return new AppError(
    'unsupported.option',
    `the aloft platform cannot deploy a ${kind === 'versions' ? 'list of versions' : 'package file'}`,
    { suggestions: [instead] },
  )
}
