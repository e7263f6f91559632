import type { Variables } from '../port.ts'
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
      const { items } =
        environment === undefined
          ? await client.call('listProjectVariables', { params: { project } }, call)
          : await client.call('listVariables', { params: { environment, project } }, call)
      yield* items
    },
    support: { buildTime: true, levels: ['project', 'environment'], secrets: true },
  }
}
