import { createLogWriter } from '../../../src/lib/platform/logs/writer.ts'

/*
 * Run as a process of its own, to be killed: appends lines to the source in the given directory and prints the cursor up
 * to which they were flushed.
 */
const [directory = ''] = process.argv.slice(2)
const limits = { segmentBytes: 100_000, totalBytes: 1e9, maxAgeMs: 86_400_000 }
const log = createLogWriter({ directory, limits, source: 'app' })

for (let burst = 1; ; burst = (burst * 7) % 311) {
  let cursor = ''
  for (let i = 0; i < burst; i++) cursor = log.append({ message: 'x'.repeat((i * 37) % 500) })
  await log.flush()
  process.stdout.write(`${cursor}\n`)
}
