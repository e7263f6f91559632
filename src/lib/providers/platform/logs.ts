import { streamPaths } from '../../protocol/streams.ts'
import type { Logs } from '../port.ts'
import { fillPath, type PlatformClient } from './client.ts'
import { environmentParams } from './environments.ts'
import { openLogBatches } from './log-batches.ts'

export function createLogs(client: PlatformClient): Logs {
  return {
    stream({ after, environment, follow, instance, level, search, services, since, sources, tail, until }, { signal }) {
      const path = fillPath(streamPaths.logs, environmentParams(environment))
      const query = { follow, instance, level, search, services, since, sources, tail, until }
      return openLogBatches(client, { after: after ?? [], path, query, signal })
    },
    support: { follow: true, search: true, sources: ['app', 'access'] },
  }
}
