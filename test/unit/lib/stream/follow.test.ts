import { expect, test } from 'vitest'
import type { Clock } from '../../../../src/lib/core/clock.ts'
import { AppError } from '../../../../src/lib/core/errors.ts'
import { followWithResume, type FollowOptions } from '../../../../src/lib/stream/follow.ts'

const at = '2026-11-21T10:00:00.000Z'
const record = (source: string, sequence: number): string =>
  `{"type":"log","cursor":"${source}.${sequence}","at":"${at}","source":"${source}","level":"info","message":"${sequence}"}\n`
const gap = (source: string, from: number, to: number): string =>
  `{"type":"gap","source":"${source}","from":${from},"to":${to},"dropped":${to - from + 1},"reason":"retention"}\n`
const end = '{"type":"end"}\n'
const lost = new AppError('unavailable.stream', 'cut')

/** Time passes by sleeping only. */
function fakeClock(): Clock & { readonly slept: number[] } {
  let now = 0
  const slept: number[] = []
  return {
    now: () => now,
    slept,
    sleep: async ms => {
      slept.push(ms)
      now += ms
    },
  }
}

/** Each connection delivers its pieces, then ends or throws. */
async function follow(connections: readonly (readonly (string | Error)[])[], options: Partial<FollowOptions> = {}) {
  const opened: string[][] = []
  let text = ''
  async function* open(after: string[]): AsyncGenerator<Uint8Array> {
    const pieces = connections[opened.length] ?? [lost]
    opened.push(after)
    for (const piece of pieces) {
      if (typeof piece !== 'string') throw piece
      yield Buffer.from(piece)
    }
  }
  const stop = new AbortController()
  let error: unknown
  try {
    for await (const batch of followWithResume(open, { clock: fakeClock(), signal: stop.signal, ...options })) {
      text += Buffer.from(batch).toString('utf8')
    }
  } catch (thrown) {
    error = thrown
  }
  return { error, opened, text }
}

test('ends at the end event, and hands on what came as it came', async () => {
  const text = record('app', 1) + record('app', 2) + end
  expect(await follow([[text, record('app', 3)]])).toEqual({ error: undefined, opened: [[]], text })
})

test('a lost stream is taken up again after the last record of each source, and nothing comes twice', async () => {
  const { error, opened, text } = await follow([
    [record('app', 1) + record('access', 7), record('app', 2), lost],
    [record('access', 7) + record('app', 2) + record('app', 3) + record('access', 8), end],
  ])
  expect(error).toBeUndefined()
  expect(opened).toEqual([[], ['app.2', 'access.7']])
  expect(text).toBe(
    record('app', 1) + record('access', 7) + record('app', 2) + record('app', 3) + record('access', 8) + end,
  )
})

test('a line that was cut is asked for again', async () => {
  const second = record('app', 2)
  for (const cut of [1, 10, second.length - 1]) {
    const { opened, text } = await follow([
      [record('app', 1) + second.slice(0, cut), lost],
      [second, end],
    ])
    expect(opened[1]).toEqual(['app.1'])
    expect(text).toBe(record('app', 1) + second + end)
  }
})

test('pieces need not be whole lines', async () => {
  const text = record('app', 1) + record('app', 2) + end
  const pieces = text.match(/[^]{1,7}/g) ?? []
  expect(await follow([pieces])).toMatchObject({ opened: [[]], text })
})

test('a gap counts as progress', async () => {
  const { opened, text } = await follow([
    [gap('app', 1, 9), lost],
    [gap('app', 5, 9) + record('app', 10), end],
  ])
  expect(opened[1]).toEqual(['app.9'])
  expect(text).toBe(gap('app', 1, 9) + record('app', 10) + end)
})

test('cursors given at the beginning stay until their source has said something', async () => {
  const { opened } = await follow([[record('app', 6), lost], [end]], { after: ['app.5', 'access.3'] })
  expect(opened).toEqual([
    ['app.5', 'access.3'],
    ['app.6', 'access.3'],
  ])
})

test('a stream that ends without an end event was lost', async () => {
  expect(await follow([[record('app', 1)], [end]])).toMatchObject({ opened: [[], ['app.1']], error: undefined })
})

test('what is not a lost connection is thrown', async () => {
  const error = new AppError('not-found.environment', 'no')
  expect(await follow([[record('app', 1), error]])).toMatchObject({ error, opened: [[]] })
})

test('when nobody is there at the first try, nobody waits', async () => {
  const error = new AppError('unavailable.network', 'no')
  expect(await follow([[error]])).toMatchObject({ error, opened: [[]] })
  expect(await follow([[record('app', 1), lost], [error], [end]])).toMatchObject({ error: undefined })
})

test('gives up when the stream stays lost', async () => {
  const clock = fakeClock()
  const { error, opened } = await follow([[record('app', 1), lost]], {
    clock,
    retry: { firstMs: 100, giveUpMs: 60_000, longestMs: 5000 },
  })
  expect(error).toMatchObject({ code: 'unavailable.stream', cause: lost })
  expect(opened.length).toBeGreaterThan(12)
  expect(clock.slept[0]).toBeLessThanOrEqual(100)
  expect(Math.max(...clock.slept)).toBeLessThanOrEqual(5000)
  expect(clock.now()).toBeGreaterThanOrEqual(60_000)
})

test('an aborted signal ends it with its reason', async () => {
  const reason = new Error('enough')
  expect(await follow([], { signal: AbortSignal.abort(reason) })).toMatchObject({ error: reason, opened: [] })
})
