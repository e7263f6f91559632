import { LOG_PROTOCOL } from '../../protocol/streams.ts'
import { followWithResume } from '../../stream/follow.ts'
import { openWebSocket, readMessages } from '../../transport/web-socket.ts'
import { type PlatformClient, queryString } from './client.ts'

export interface LogBatchesRequest {
  readonly path: string
  readonly query: Parameters<typeof queryString>[0]
  /** Cursors to begin after. */
  readonly after: readonly string[]
  readonly signal: AbortSignal
}

/** Batches of NDJSON lines from a log endpoint; a cut connection is taken up again after the last record of each source. */
export function openLogBatches(
  client: PlatformClient,
  { after, path, query, signal }: LogBatchesRequest,
): AsyncIterable<Uint8Array> {
  return followWithResume(
    async function* (cursors) {
      const request = { path: path + queryString({ ...query, after: cursors }), protocol: LOG_PROTOCOL, signal }
      await client.ready({ signal })
      const socket = await client.outlive(() => openWebSocket(client.address, request), { signal })
      yield* readMessages(socket, signal)
    },
    { after, signal },
  )
}
