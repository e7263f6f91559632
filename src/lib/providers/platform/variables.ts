import { AppError } from '../../core/errors.ts'
import { byDistance } from '../../core/nearest.ts'
import type { Variable } from '../../core/model.ts'
import { checkVariableNames } from '../../protocol/variable-names.ts'
import type { Call, SetVariables, Variables } from '../port.ts'
import type { PlatformClient } from './client.ts'

export function createVariables(client: PlatformClient): Variables {
  return {
    change({ environment: { environment, project }, set, unset }, call) {
      const body = { set: [...set], unset: [...unset] }
      return environment === undefined
        ? client.call('changeProjectVariables', { body, params: { project } }, call)
        : client.call('changeVariables', { body, params: { environment, project } }, call)
    },
    async *list({ environment, project }, call) {
      yield* await list(client, { environment, project }, call)
    },
    async plan({ environment: scope, set, unset }, call) {
      const own = (await list(client, scope, call)).filter(({ inherited }) => !inherited)
      checkVariableNames(set.map(({ name }) => name))
      const absent = unset.find(name => !own.some(variable => variable.name === name))
      if (absent !== undefined) throw unknownVariable(absent, own)
      const { environment, project } = scope
      if (environment === undefined) return 'waits'
      const { deployment } = await client.call('getEnvironment', { params: { environment, project } }, call)
      if (deployment === undefined) return 'waits'
      const names = new Set([...set.map(({ name }) => name), ...unset])
      const touched = [...set, ...own.filter(({ name }) => names.has(name))]
      return touched.some(({ visibleAtBuild }) => visibleAtBuild) ? 'redeploys' : 'restarts'
    },
    support: { buildTime: true, levels: ['project', 'environment'], secrets: true },
  }
}

async function list(
  client: PlatformClient,
  { environment, project }: SetVariables['environment'],
  call: Call,
): Promise<readonly Variable[]> {
  const { items } =
    environment === undefined
      ? await client.call('listProjectVariables', { params: { project } }, call)
      : await client.call('listVariables', { params: { environment, project } }, call)
  return items
}

function unknownVariable(given: string, own: readonly Variable[]): AppError {
  const nearest = byDistance(
    given,
    own.map(({ name }) => name),
  ).slice(0, 3)
  const end = nearest.length > 0 ? `; nearest: ${nearest.join(', ')}` : ''
  return new AppError('not-found.variable', `there is no variable "${given}" at this level${end}`, {
    details: { given, nearest },
    suggestions: nearest,
  })
}
