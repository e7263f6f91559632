import { PassThrough, Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { finished } from 'node:stream/promises'
import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { inBlocks } from '../../../../src/lib/stream/blocks.ts'

const pieces = (...lengths: readonly number[]): Readable =>
  Readable.from(
    lengths.map((length, index) => Buffer.alloc(length, index + 1)),
    { objectMode: false },
  )

test.each([
  { blocks: [], given: [] },
  { blocks: [3], given: [1, 2] },
  { blocks: [8, 8, 1], given: [3, 10, 4] },
  { blocks: [8, 8, 8], given: [24] },
])('gives pieces of $given bytes as blocks of $blocks', async ({ blocks, given }) => {
  const taken: Buffer[] = []
  await finished(inBlocks(pieces(...given), 8).on('data', (block: Buffer) => taken.push(block)))

  expect(taken.map(({ length }) => length)).toEqual(blocks)
  expect(Buffer.concat(taken)).toEqual(await buffer(pieces(...given)))
})

test('reads no further than whoever takes the blocks', async () => {
  let given = 0
  const source = new Readable({
    highWaterMark: 8,
    read() {
      given++
      this.push(Buffer.alloc(8))
    },
  })
  const blocks = inBlocks(source, 16)
  blocks.read(0)
  for (let turn = 0; turn < 100; turn++) await setImmediate()

  expect(given).toBeLessThan(8)
  blocks.destroy()
  expect(source.destroyed).toBe(true)
})

test('fails as its source does, without what was gathered last', async () => {
  const source = new PassThrough()
  const blocks = inBlocks(source, 8)
  source.write(Buffer.alloc(11))
  const taken = buffer(blocks)
  source.destroy(new Error('the line was cut'))

  await expect(taken).rejects.toThrow('the line was cut')
})

test('gives what comes slowly before its source ends', async () => {
  const source = new PassThrough()
  const taken: string[] = []
  inBlocks(source, 8).on('data', (block: Buffer) => taken.push(block.toString()))
  for (const piece of ['abc', 'defghijkl', 'm']) {
    source.write(piece)
    await expect.poll(() => taken.join('')).toContain(piece.at(-1))
  }

  expect(taken.join('')).toBe('abcdefghijklm')
})
