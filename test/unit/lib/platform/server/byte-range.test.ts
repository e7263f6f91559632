import { expect, it } from 'vitest'
import { parseRange } from '../../../../../src/lib/platform/server/byte-range.ts'

it.each([
  ['bytes=0-', { end: 99, start: 0 }],
  ['bytes=10-19', { end: 19, start: 10 }],
  ['bytes=90-200', { end: 99, start: 90 }],
  ['bytes=-5', { end: 99, start: 95 }],
  ['bytes=-200', { end: 99, start: 0 }],
  ['bytes=100-', 'unsatisfiable'],
  ['bytes=-0', 'unsatisfiable'],
  [undefined, undefined],
  ['bytes=-', undefined],
  ['bytes=20-10', undefined],
  ['bytes=0-1,5-6', undefined],
  ['lines=0-5', undefined],
])('%s of 100 bytes is %j', (header, range) => {
  expect(parseRange(header, 100)).toEqual(range)
})
