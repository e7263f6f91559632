import { LOG_LEVELS } from '../../core/events.ts'
import { createRecordFields, fieldText, readRecord, scanRecord, type LineRange } from '../../stream/scan-records.ts'
import type { ReadOptions } from './port.ts'

/** Whether a line of a batch is wanted; `text` is the batch as latin1 text. Gaps always are. */
export type LineFilter = (batch: Uint8Array, text: string, range: LineRange) => boolean

type FieldTest = (text: string, start: number, end: number) => boolean

/** Undefined when everything is wanted. Times are not looked at here. */
export function createLineFilter({ instance, level, search, services }: ReadOptions): LineFilter | undefined {
  const isService = services === undefined || services.length === 0 ? undefined : oneOf(services)
  const isInstance = instance === undefined ? undefined : oneOf([instance])
  const isLevel = level === undefined ? undefined : oneOf(LOG_LEVELS.slice(LOG_LEVELS.indexOf(level)))
  const isFound = search === undefined || search === '' ? undefined : contains(search)
  if (isService === undefined && isInstance === undefined && isLevel === undefined && isFound === undefined)
    return undefined
  const fields = createRecordFields()
  return (batch, text, range) => {
    if (!scanRecord(batch, range, fields)) return readRecord(text, range) === undefined
    return (
      (isLevel === undefined || isLevel(text, fields.levelStart, fields.levelEnd)) &&
      (isService === undefined || isService(text, fields.serviceStart, fields.serviceEnd)) &&
      (isInstance === undefined || isInstance(text, fields.instanceStart, fields.instanceEnd)) &&
      (isFound === undefined || isFound(text, fields.messageStart, fields.messageEnd))
    )
  }
}

/** The lines of a batch that are wanted; the batch itself when all are, undefined when none is. */
export function filterBatch(batch: Buffer, isWanted: LineFilter): Buffer | undefined {
  const text = batch.toString('latin1')
  const kept: Buffer[] = []
  let keptFrom = 0
  for (let start = 0; start < text.length;) {
    const end = text.indexOf('\n', start)
    if (!isWanted(batch, text, { start, end })) {
      if (start > keptFrom) kept.push(batch.subarray(keptFrom, start))
      keptFrom = end + 1
    }
    start = end + 1
  }
  if (keptFrom === 0) return batch
  if (keptFrom < batch.length) kept.push(batch.subarray(keptFrom))
  return kept.length === 0 ? undefined : Buffer.concat(kept)
}

function oneOf(values: readonly string[]): FieldTest {
  const needles = values.map(value => Buffer.from(JSON.stringify(value).slice(1, -1)).toString('latin1'))
  return (text, start, end) =>
    start !== -1 && needles.some(needle => needle.length === end - start && text.startsWith(needle, start))
}

/** Case does not matter. Only messages with escapes, or searches beyond ASCII, need the message as it was. */
function contains(search: string): FieldTest {
  const needle = search.toLowerCase()
  // oxlint-disable-next-line no-control-regex -- the whole of ASCII is meant
  const isPlain = /^[\x00-\x7f]*$/.test(needle)
  return (text, start, end) => {
    const raw = text.slice(start, end)
    if (isPlain && !raw.includes('\\')) return raw.toLowerCase().includes(needle)
    return (fieldText(text, start, end) ?? '').toLowerCase().includes(needle)
  }
}
