import { streamPaths, TUNNEL_PROTOCOL } from '../../protocol/streams.ts'
import { openByteStream } from '../../transport/web-socket.ts'
import type { Services } from '../port.ts'
import { fillPath, type PlatformClient, queryString } from './client.ts'
import { environmentParams } from './environments.ts'

export function createServices(client: PlatformClient): Services {
  return {
    connections: ({ environment, port, service }, call) =>
      client.call('serviceConnections', { params: environmentParams(environment), query: { port, service } }, call),
    list: async (environment, call) =>
      (await client.call('listServices', { params: environmentParams(environment) }, call)).items,
    restart: ({ environment, services }, call) =>
      client.call('restart', { body: { services: [...services] }, params: environmentParams(environment) }, call),
    support: { restart: true, tunnel: true },
    async tunnel({ environment, service }, call) {
      const path = fillPath(streamPaths.tunnel, environmentParams(environment)) + queryString({ service })
      await client.ready(call)
      const request = { path, protocol: TUNNEL_PROTOCOL, signal: call.signal }
      return openByteStream(client.address, request)
    },
  }
}
