import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { merge } from '../../../../src/lib/stream/merge.ts'

async function* numbers(from: number, to: number, onReturn?: () => void): AsyncGenerator<number> {
  try {
    for (let i = from; i <= to; i++) {
      await setImmediate()
      yield i
    }
  } finally {
    onReturn?.()
  }
}

test('all items come, in order per stream', async () => {
  const merged = await Array.fromAsync(merge([numbers(1, 5), numbers(101, 103), numbers(201, 200)]))
  expect(merged.filter(i => i < 100)).toEqual([1, 2, 3, 4, 5])
  expect(merged.filter(i => i > 100)).toEqual([101, 102, 103])
})

test('a busy stream does not starve a quiet one', async () => {
  let busy = 0
  for await (const item of merge([numbers(1, 100_000), numbers(-1, -1)])) {
    if (item < 0) break
    busy++
  }
  expect(busy).toBeLessThan(10)
})

test('a consumer that leaves returns all streams', async () => {
  const returned: string[] = []
  const merged = merge([numbers(1, 9, () => returned.push('a')), numbers(1, 9, () => returned.push('b'))])
  await merged.next()
  await merged.return(undefined)
  await expect.poll(() => returned.toSorted()).toEqual(['a', 'b'])
})

test('what one stream throws is thrown, and the others are returned', async () => {
  const returned: string[] = []
  const broken = numbers(1, 1, () => {
    throw new Error('broken')
  })
  await expect(Array.fromAsync(merge([broken, numbers(1, 9, () => returned.push('b'))]))).rejects.toThrow('broken')
  await expect.poll(() => returned).toEqual(['b'])
})

test('nothing to merge ends at once', async () => {
  expect(await Array.fromAsync(merge([]))).toEqual([])
})
