import type { Services } from '../port.ts'
import type { PlatformClient } from './client.ts'
import { environmentParams } from './environments.ts'

export function createServices(client: PlatformClient): Services {
  return {
    list: async (environment, call) =>
      (await client.call('listServices', { params: environmentParams(environment) }, call)).items,
    restart: ({ environment, services }, call) =>
      client.call('restart', { body: { services: [...services] }, params: environmentParams(environment) }, call),
    support: { restart: true },
  }
}
