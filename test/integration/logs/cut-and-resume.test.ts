import { expect, test } from 'vitest'
import { AppError } from '../../../src/lib/core/errors.ts'
import { followWithResume } from '../../../src/lib/stream/follow.ts'
import type { LogReader, LogWriter } from '../../../src/lib/platform/logs/port.ts'
import { logStore, parseBatch, roomy } from '../../helpers/logs.ts'
import { createRandom } from '../../helpers/random.ts'

const SOURCES = ['app', 'access']
const LINES = 200_000
const CUTS = 50

interface Producer {
  readonly random: () => number
  readonly writers: readonly LogWriter[]
}

/** `LINES` lines over all writers, as fast as they are taken. */
async function produce({ random, writers }: Producer): Promise<void> {
  const written = writers.map(() => 0)
  for (let i = 0; i < LINES; i++) {
    const index = random() < 0.7 ? 0 : 1
    written[index] = (written[index] ?? 0) + 1
    writers[index]?.append({ message: `${written[index]} ${'x'.repeat(random() * 200)}` })
    if (i % 2000 === 0) await Promise.all(writers.map(writer => writer.flush()))
  }
  await Promise.all(writers.map(writer => writer.close({ ended: true })))
}

/** Connections that are cut after a random number of bytes, `CUTS` times. */
function cutting(reader: LogReader, random: () => number) {
  let cuts = 0
  return {
    cuts: () => cuts,
    async *open(after: string[]): AsyncGenerator<Uint8Array> {
      let left = cuts < CUTS ? Math.floor(random() * 600_000) : Infinity
      for await (const batch of reader.read(SOURCES, { after, follow: true }, new AbortController().signal)) {
        if (batch.length > left) {
          cuts++
          yield batch.subarray(0, left)
          throw new AppError('unavailable.stream', 'cut')
        }
        left -= batch.length
        yield batch
      }
    },
  }
}

test.each([1, 2])('a stream cut 50 times gives every line once and in order (seed %i)', async seed => {
  const random = createRandom(seed).next
  const { reader, writer } = await logStore({ ...roomy, segmentBytes: 512 * 1024 })
  const connection = cutting(reader, createRandom(seed + 1000).next)
  const producing = produce({ random, writers: SOURCES.map(source => writer(source)) })

  const next = new Map<string, number>()
  let records = 0
  let wrong = 0
  for await (const batch of followWithResume(after => connection.open(after), {
    signal: new AbortController().signal,
    retry: { firstMs: 1 },
  })) {
    for (const event of parseBatch(batch)) {
      if (event.type !== 'log') continue
      const expected = (next.get(event.source) ?? 0) + 1
      if (event.cursor !== `${event.source}.${expected}` || !event.message.startsWith(`${expected} `)) wrong++
      next.set(event.source, expected)
      records++
    }
  }
  await producing

  expect(wrong).toBe(0)
  expect(records).toBe(LINES)
  expect(connection.cuts()).toBe(CUTS)
})

test('a stream cut while retention removes what it reads shows every line once or a gap', async () => {
  const random = createRandom(7).next
  const { reader, writer } = await logStore({ ...roomy, segmentBytes: 64 * 1024, totalBytes: 512 * 1024 })
  const connection = cutting(reader, random)
  const producing = produce({ random, writers: SOURCES.map(source => writer(source)) })

  const next = new Map<string, number>()
  let gone = 0
  let records = 0
  let wrong = 0
  for await (const batch of followWithResume(after => connection.open(after), {
    signal: new AbortController().signal,
    retry: { firstMs: 1 },
  })) {
    for (const event of parseBatch(batch)) {
      if (event.type === 'end') continue
      const expected = (next.get(event.source) ?? 0) + 1
      const [from, to] =
        event.type === 'gap' ? [event.from, event.to] : [sequence(event.cursor), sequence(event.cursor)]
      if (from !== expected) wrong++
      if (event.type === 'gap') gone += to - from + 1
      else records++
      next.set(event.source, to)
    }
  }
  await producing

  expect(wrong).toBe(0)
  expect(gone).toBeGreaterThan(0)
  expect(records + gone).toBe(LINES)
})

function sequence(cursor: string): number {
  return Number(cursor.slice(cursor.lastIndexOf('.') + 1))
}
