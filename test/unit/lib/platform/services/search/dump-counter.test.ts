import { expect, test } from 'vitest'
import { createDumpCounter } from '../../../../../../src/lib/platform/services/search/dump-counter.ts'

const DUMP = `table_create Pages TABLE_HASH_KEY ShortText
column_create Pages text COLUMN_SCALAR Text

table_create Empty TABLE_NO_KEY

load --table Pages
[
["_key","text"],
["a","load --table Other\\n]\\n["],
["[b]",""]
]

load --table Numbers
[
["_id","n"],
[1,1]
]

column_create Words pages COLUMN_INDEX|WITH_POSITION Pages text
`

test('counts the records of each table, whatever is in them', () => {
  expect(count(DUMP)).toEqual({ Numbers: 1, Pages: 2 })
})

test('counts the same wherever the stream is cut into chunks', () => {
  for (const size of [1, 3, 50]) expect(count(DUMP, size)).toEqual({ Numbers: 1, Pages: 2 })
})

test('counts nothing in a dump that ends inside a table', () => {
  expect(count(DUMP.slice(0, DUMP.indexOf('["[b]"')))).toBeUndefined()
})

function count(text: string, size = text.length): Readonly<Record<string, number>> | undefined {
  const bytes = Buffer.from(text)
  const counter = createDumpCounter()
  for (let start = 0; start < bytes.length; start += size) counter.write(bytes.subarray(start, start + size))
  return counter.result()
}
