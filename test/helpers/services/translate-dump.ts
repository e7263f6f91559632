import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import type { ForeignDump } from '../../../src/lib/platform/services/port.ts'

/** A dump as it is once ours could take it, read in chunks of some size, and what is told of it. */
export async function translateDump(
  foreign: ForeignDump,
  dump: string,
  size = dump.length,
): Promise<{ readonly notes: readonly string[]; readonly translated: string }> {
  const bytes = Buffer.from(dump)
  const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_none, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  )
  for (const chunk of chunks) foreign.survey(chunk)
  const translated = await text(Readable.from(chunks).pipe(foreign.translate()))
  return { notes: foreign.notes(), translated }
}
