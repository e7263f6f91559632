import type { Call, Volumes } from '../port.ts'
import type { PlatformClient } from './client.ts'
import { environmentParams } from './environments.ts'

export function createVolumes(client: PlatformClient): Volumes {
  // what reads and writes files takes long to load
  const load = async (call: Call) => {
    await client.ready(call)
    return import('./volume-transfer.ts')
  }
  return {
    list: async (environment, call) =>
      (await client.call('listVolumes', { params: environmentParams(environment) }, call)).items,
    plan: async (request, call) => (await load(call)).planTransfer(client, request, call),
    transfer: async (request, call) => {
      const { downloadVolume, uploadVolume } = await load(call)
      const transfer = request.direction === 'upload' ? uploadVolume : downloadVolume
      return client.outlive(() => transfer(client, request, call), call)
    },
  }
}
