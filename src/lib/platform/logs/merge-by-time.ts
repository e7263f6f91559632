import { BLOCK_BYTES } from './segment-lines.ts'
import type { SourceStream } from './source-stream.ts'

/**
 * All lines that the sources have now, in batches of about 64 KiB: in order per source and, among what is there at the
 * same time, by time. Ends when none has any more for now, or when the signal aborts.
 */
export async function* mergeByTime(streams: readonly SourceStream[], signal: AbortSignal): AsyncGenerator<Uint8Array> {
  let taken: Buffer[] = []
  let bytes = 0
  while (!signal.aborted) {
    const run = await nextRun(streams)
    if (bytes > 0 && bytes + (run?.length ?? BLOCK_BYTES) > BLOCK_BYTES) {
      yield taken.length === 1 && taken[0] ? taken[0] : Buffer.concat(taken)
      taken = []
      bytes = 0
    }
    if (run === undefined) return
    taken.push(run)
    bytes += run.length
  }
}

/** Lines of the earliest source, up to where another one comes in. */
async function nextRun(streams: readonly SourceStream[]): Promise<Buffer | undefined> {
  const filled: SourceStream[] = []
  for (const stream of streams) {
    await stream.fill()
    if (stream.hasLines) filled.push(stream)
  }
  // With one source there is nothing to compare: its lines are not even looked at.
  if (filled.length < 2) return filled[0]?.takeAll()
  const [earliest, next] = filled
    .map(stream => ({ at: stream.firstTime(), stream }))
    .toSorted((a, b) => (a.at < b.at ? -1 : Number(a.at > b.at)))
  return next === undefined ? undefined : earliest?.stream.takeUntil(next.at)
}
