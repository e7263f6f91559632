import { streamPaths } from '../../protocol/streams.ts'
import type { LogEvent } from '../../core/events.ts'
import type { Activities } from '../port.ts'
import { fillPath, type PlatformClient } from './client.ts'
import { openLogBatches } from './log-batches.ts'

export function createActivities(client: PlatformClient): Activities {
  return {
    answer: (activity, answer, call) => client.call('answerActivity', { body: { answer }, params: { activity } }, call),
    cancel: (activity, call) => client.call('cancelActivity', { params: { activity } }, call),
    get: (activity, call) => client.call('getActivity', { params: { activity }, query: {} }, call),
    async *list(filter, call) {
      yield* (await client.call('listActivities', { query: { ...filter } }, call)).items
    },
    async *log(activity, { after, follow, signal }) {
      // An unknown id is refused over HTTP, with its own error, before any stream is opened.
      await client.call('getActivity', { params: { activity }, query: {} }, { signal })
      const path = fillPath(streamPaths.activityLog, { activity })
      const decoder = new TextDecoder()
      for await (const batch of openLogBatches(client, {
        after: after ?? [],
        path,
        query: { follow },
        signal,
      })) {
        for (const line of decoder.decode(batch).split('\n')) {
          // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our own records; the stream only narrates
          if (line !== '') yield JSON.parse(line) as LogEvent
        }
      }
    },
    support: { answer: true, cancel: true, log: 'stream' },
  }
}
