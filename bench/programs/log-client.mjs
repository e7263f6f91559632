// What `aloft logs` does with a stream, as a process of its own: follow with resume, format, write.
import { printLogs } from '../../src/lib/cli/print-logs.ts'
import { createRuntime } from '../../src/lib/cli/runtime.ts'
import { openLogBatches } from '../../src/lib/providers/platform/log-batches.ts'

const [socketPath, path] = process.argv.slice(2)
const { signal } = new AbortController()
const runtime = createRuntime()
const batches = openLogBatches({ socketPath, url: 'http://platform' }, { after: [], path, query: {}, signal })
try {
  await printLogs(batches, { json: false, onNotice: text => runtime.tell(text), timestamps: true }, runtime)
} catch (error) {
  if (error.name !== 'PipeClosed') throw error
}
