import { expect, test } from 'vitest'
import { createRdbCounter } from '../../../../../../src/lib/platform/services/redis/rdb-counter.ts'

/*
 * By hand, from the description of the format in redis' rdb.h; `test/contract/services/redis.test.ts` reads what a server writes.
 */
const HEADER = Buffer.from('REDIS0010')
const END = [0xff, 0, 0, 0, 0, 0, 0, 0, 0]
const auxiliary = [0xfa, ...text('redis-ver'), ...text('7.0.15')]
const sizes = [0xfb, 4, 1]
const string = [0, ...text('name'), ...text('value')]
const number = [0, ...text('number'), 0xc1, 0x39, 0x30]
const compressed = [0, ...text('long'), 0xc3, 3, 0x40, 0xff, 1, 2, 3]
const expiring = [0xfc, 0, 0, 0, 0, 0, 0, 0, 0, 0, ...text('going'), ...text('soon')]
const set = [2, ...text('set'), 2, ...text('a'), ...text('b')]
const huge = [0, ...text('huge'), 0x80, 0, 1, 0, 0, ...Array.from({ length: 65_536 }, () => 0xff)]

test('counts the keys of each database that stay', () => {
  const file = rdb(0xfe, 0, ...sizes, ...string, ...number, ...expiring, ...compressed, 0xfe, 3, ...sizes, ...set)
  expect(count(file)).toEqual({ db0: 3, db3: 1 })
})

test('counts the same wherever the stream is cut into chunks', () => {
  const file = rdb(0xfe, 0, ...huge, ...string, ...set)
  for (const size of [1, 3, 1000, 65_540]) expect(count(file, size)).toEqual({ db0: 3 })
})

test('an empty file has no rows, which is something else than not counted', () => {
  expect(count(rdb())).toEqual({})
})

test.each([
  ['ends early', rdb(0xfe, 0, ...string).subarray(0, -12)],
  ['has a type of value that is not known', rdb(0xfe, 0, 200, ...text('key'), ...text('value'))],
  ['is none', Buffer.from('-- MariaDB dump 10.19')],
])('counts nothing in a file that %s', (_, file) => {
  expect(count(file)).toBeUndefined()
})

function rdb(...content: readonly number[]): Buffer {
  return Buffer.from([...HEADER, ...auxiliary, ...content, ...END])
}

function text(value: string): number[] {
  return [value.length, ...Buffer.from(value)]
}

function count(bytes: Buffer, size = bytes.length): Readonly<Record<string, number>> | undefined {
  const counter = createRdbCounter()
  for (let start = 0; start < bytes.length; start += size) counter.write(bytes.subarray(start, start + size))
  return counter.result()
}
