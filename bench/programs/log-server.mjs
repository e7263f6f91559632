// The platform's log stream on a Unix socket, read by the platform's own reader from the log directory it is given.
import { createLogReader } from '../../src/lib/platform/logs/reader.ts'
import { streamPaths } from '../../src/lib/protocol/streams.ts'
import { join } from 'node:path'
import { serve } from './serve.mjs'

const [directory, socketPath] = process.argv.slice(2)
const reader = createLogReader({ directory: source => join(directory, source) })

await serve(socketPath, {
  streams: [
    {
      answer: async () => ({ kind: 'batches', open: signal => reader.read(['app'], { follow: false }, signal) }),
      path: streamPaths.logs,
    },
  ],
})
process.send(0)
