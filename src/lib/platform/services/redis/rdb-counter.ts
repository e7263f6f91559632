import type { RowCounter } from '../port.ts'
import { ByteInput, type Reading } from './byte-input.ts'
import { readKeys } from './rdb.ts'

/**
 * Counts the keys of an RDB file by database: `db0`, `db1`, … Keys with a time to live are left out: they may be gone when
 * somebody counts again.
 */
export function createRdbCounter(): RowCounter {
  const input = new ByteInput()
  const keys = new Map<string, number>()
  const reading: Reading<boolean> = readKeys(input, (database, expires) => {
    const name = `db${database}`
    if (!expires) keys.set(name, (keys.get(name) ?? 0) + 1)
  })
  let step = reading.next()
  return {
    result: () => (step.done === true && step.value ? Object.fromEntries(keys) : undefined),
    write(chunk) {
      if (step.done === true) return
      input.push(chunk)
      step = reading.next()
    },
  }
}
