import { lineTime } from './line-time.ts'
import { SourceReader } from './source-reader.ts'

/** The time of a record, or of the next one there is; undefined when none follows. */
export async function findTime(directory: string, sequence: number): Promise<string | undefined> {
  const reader = new SourceReader('', directory, { kind: 'after', sequence: sequence - 1 })
  try {
    for (let batch = await reader.read(); batch !== undefined; batch = await reader.read()) {
      const at = lineTime(batch.toString('latin1', 0, batch.indexOf('\n')))
      if (at !== undefined) return at
    }
    return undefined
  } finally {
    await reader.close()
  }
}
