import { expect, test } from 'vitest'
import { BoundedQueue } from '../../../../src/lib/stream/bounded-queue.ts'

test('a producer waits while the queue is full', async () => {
  const queue = new BoundedQueue<number>(2)
  const sizes: number[] = []
  const producing = (async () => {
    for (let i = 0; i < 10; i++) {
      await queue.push(i)
      sizes.push(queue.size)
    }
    queue.close()
  })()

  expect(await Array.fromAsync(queue)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  await producing
  expect(Math.max(...sizes)).toBeLessThanOrEqual(2)
})

test('trying to push says whether the item was taken', () => {
  const queue = new BoundedQueue<string>(1)
  expect(queue.tryPush('a')).toBe(true)
  expect(queue.tryPush('b')).toBe(false)
  queue.close()
  expect(queue.tryPush('c')).toBe(false)
})

test('items before an error are delivered, then the error', async () => {
  const queue = new BoundedQueue<string>(3)
  queue.tryPush('a')
  queue.fail(new Error('broken'))
  const seen: string[] = []
  await expect(
    (async () => {
      for await (const item of queue) seen.push(item)
    })(),
  ).rejects.toThrow('broken')
  expect(seen).toEqual(['a'])
})

test('a consumer that leaves releases a waiting producer', async () => {
  const queue = new BoundedQueue<number>(1)
  queue.tryPush(1)
  const waiting = queue.push(2)
  for await (const item of queue) {
    expect(item).toBe(1)
    break
  }
  await waiting
  expect(await queue.push(3)).toBe(false)
})
