import type { Scaling } from '../port.ts'
import type { PlatformClient } from './client.ts'
import { environmentParams } from './environments.ts'

export function createScaling(client: PlatformClient): Scaling {
  return {
    formation: (environment, call) => client.call('formation', { params: environmentParams(environment) }, call),
    scale: ({ environment, ifCurrent, services }, call) =>
      client.call(
        'scale',
        { body: { ifCurrent, services: [...services] }, params: environmentParams(environment) },
        call,
      ),
    support: { count: true, cpu: true, memory: true },
  }
}
