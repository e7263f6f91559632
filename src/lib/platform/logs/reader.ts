import { systemClock, type Clock } from '../../core/clock.ts'
import { AppError } from '../../core/errors.ts'
import { splitCursor } from '../../stream/record-progress.ts'
import { requireIsoTime } from '../iso-time.ts'
import { createLineFilter, type LineFilter } from './filter.ts'
import { findTime } from './find-time.ts'
import { mergeByTime } from './merge-by-time.ts'
import type { LogReader, ReadOptions } from './port.ts'
import { SourceReader, type Start } from './source-reader.ts'
import { SourceStream } from './source-stream.ts'
import { findTail } from './tail.ts'
import { DirectoriesWatch } from './watch.ts'

export interface LogReaderOptions {
  /** The directory of a source; it need not exist. */
  readonly directory: (source: string) => string
  readonly clock?: Clock | undefined
}

const END = Buffer.from('{"type":"end"}\n')
const BEGINNING: Start = { kind: 'after', sequence: 0 }
/** How far records of different sources may be out of order in a stream that is read while it grows. */
const MERGE_SLACK_MS = 2000

/** A reader of the log store. `read` throws usage.request for cursors and times that cannot be read. */
export function createLogReader({ clock = systemClock, directory }: LogReaderOptions): LogReader {
  return {
    async *read(sources, options, signal) {
      const isWanted = createLineFilter(options)
      const until = options.until === undefined ? undefined : requireIsoTime(options.until)
      const limits = { isWanted, since: options.since === undefined ? undefined : requireIsoTime(options.since), until }
      const streams: SourceStream[] = []
      for (const [source, start] of await findStarts(sources, options, { directory, isWanted })) {
        streams.push(new SourceStream(new SourceReader(source, directory(source), start), limits))
      }
      const watch = new DirectoriesWatch(options.follow ? sources.map(directory) : [])
      try {
        for (;;) {
          watch.reset()
          const isOver = until !== undefined && new Date(clock.now()).toISOString() > until
          yield* mergeByTime(streams, signal)
          if (signal.aborted) return
          if (!options.follow || isOver || streams.every(({ ended }) => ended)) break
          await watch.wait(signal)
        }
        yield END
      } finally {
        watch.close()
        for (const stream of streams) await stream.close()
      }
    },
  }
}

interface Surroundings {
  readonly directory: (source: string) => string
  readonly isWanted: LineFilter | undefined
}

async function findStarts(
  sources: readonly string[],
  options: ReadOptions,
  { directory, isWanted }: Surroundings,
): Promise<Map<string, Start>> {
  const { since, tail } = options
  const resumed = readCursors(sources, options.after ?? [])
  const others = sources.filter(source => !resumed.has(source))
  let starts: readonly Start[]
  if (tail === undefined) {
    starts = others.map(() => (since === undefined ? BEGINNING : { kind: 'since', at: requireIsoTime(since) }))
  } else if (resumed.size === 0) {
    starts = await findTail(others.map(directory), tail, isWanted)
  } else {
    // A stream taken up again: of these sources nothing was among the last records then, so only newer ones are due.
    const at = await earliestTime(resumed, directory)
    starts = others.map(() => ({ kind: 'since', at }))
  }
  return new Map([...resumed, ...others.map((source, index) => [source, starts[index] ?? BEGINNING] as const)])
}

function readCursors(sources: readonly string[], after: readonly string[]): Map<string, Start> {
  const starts = new Map<string, Start>()
  for (const cursor of after) {
    const { sequence, source } = splitCursor(cursor)
    if (sequence === undefined) throw new AppError('usage.request', `"${cursor}" is no cursor of a log record`)
    if (sources.includes(source)) starts.set(source, { kind: 'after', sequence })
  }
  return starts
}

async function earliestTime(
  starts: ReadonlyMap<string, Start>,
  directory: (source: string) => string,
): Promise<string> {
  let earliest: string | undefined
  for (const [source, start] of starts) {
    const at = start.kind === 'after' ? await findTime(directory(source), start.sequence) : undefined
    if (at !== undefined && (earliest === undefined || at < earliest)) earliest = at
  }
  return earliest === undefined ? '' : new Date(Date.parse(earliest) - MERGE_SLACK_MS).toISOString()
}
