import { expect, test } from 'vitest'
import { lines } from '../../../../src/lib/stream/lines.ts'

async function collect(chunks: readonly (string | Uint8Array)[], maxLength?: number): Promise<string[]> {
  async function* source() {
    yield* chunks
  }
  return Array.fromAsync(lines(source(), { maxLength }))
}

test('lines are joined over chunks and lose their ends', async () => {
  expect(await collect(['a\nb', 'c\r\n', '\nd'])).toEqual(['a', 'bc', '', 'd'])
})

test('a return and a newline may come in different chunks', async () => {
  expect(await collect(['a\r', '\nb\r', 'c\n'])).toEqual(['a', 'b\rc'])
})

test('a character cut between two chunks stays whole', async () => {
  const bytes = Buffer.from('é€😀\n')
  for (let cut = 1; cut < bytes.length; cut++) {
    expect(await collect([bytes.subarray(0, cut), bytes.subarray(cut)])).toEqual(['é€😀'])
  }
})

test('a line that is too long comes in pieces, also before its end is there', async () => {
  expect(await collect(['abcdefgh\nij'], 3)).toEqual(['abc', 'def', 'gh', 'ij'])
  expect(await collect(['abcd', 'efgh\n'], 3)).toEqual(['abc', 'def', 'gh'])
})

test('pieces are not cut inside a character', async () => {
  expect(await collect(['ab😀c\n'], 3)).toEqual(['ab', '😀c'])
})

test('nothing gives no lines', async () => {
  expect(await collect([])).toEqual([])
  expect(await collect([''])).toEqual([])
})
