import { expect, test } from 'vitest'
import type { ReadOptions } from '../../../../../src/lib/platform/logs/port.ts'
import { brief, logStore, parseBatch, readAll, roomy } from '../../../../helpers/logs.ts'

const time = (second: number): string => new Date(Date.UTC(2026, 0, 1) + second * 1000).toISOString()

/** 20 records: even seconds from web.1 (every fourth an error), odd ones from worker.1. */
async function filled() {
  const store = await logStore({ ...roomy, segmentBytes: 700 })
  const log = store.writer()
  for (let i = 0; i < 20; i++) {
    const service = i % 2 === 0 ? 'web' : 'worker'
    const level = i % 4 === 0 ? 'error' : 'info'
    log.append({ at: time(i), instance: `${service}.1`, level, message: `Line ${i}`, service })
    await log.flush()
  }
  await log.close()
  return store
}

test.each<[string, Partial<ReadOptions>, readonly number[]]>([
  ['after a cursor', { after: ['app.17'] }, [17, 18, 19]],
  ['the last records', { tail: 3 }, [17, 18, 19]],
  ['the last records of a service', { services: ['web'], tail: 2 }, [16, 18]],
  ['none of the last records', { tail: 0 }, []],
  ['more last records than there are', { tail: 50 }, Array.from({ length: 20 }, (_, i) => i)],
  ['since a time', { since: time(16) }, [16, 17, 18, 19]],
  ['since a time between two records', { since: '2026-01-01T01:00:16.500+01:00' }, [17, 18, 19]],
  ['since a time to come', { since: time(100) }, []],
  ['until a time', { until: time(2) }, [0, 1, 2]],
  ['between two times', { since: time(5), until: time(7) }, [5, 6, 7]],
  ['one service', { services: ['worker'], since: time(14) }, [15, 17, 19]],
  ['one instance', { instance: 'web.1', since: time(14) }, [14, 16, 18]],
  ['a level and above', { level: 'warning' }, [0, 4, 8, 12, 16]],
  ['a search, whatever the case', { search: 'lINE 1' }, [1, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19]],
])('reads %s', async (_, options, expected) => {
  const { reader } = await filled()
  expect(brief(await readAll(reader, ['app'], options))).toEqual([...expected.map(i => `Line ${i}`), 'end'])
})

test('a search sees the message as it was, not as it is escaped', async () => {
  const { reader, writer } = await logStore()
  const log = writer()
  for (const message of ['a "quoted" word', 'tab\tnew', 'ÜBER', 'plain']) log.append({ message })
  await log.close()

  const found = async (search: string) => brief(await readAll(reader, ['app'], { search })).slice(0, -1)
  expect(await found('"QUOTED"')).toEqual(['a "quoted" word'])
  expect(await found('tnew')).toEqual([])
  expect(await found('über')).toEqual(['ÜBER'])
})

test('several sources are merged by time, and the last records are counted over all of them', async () => {
  const { reader, writer } = await logStore()
  const app = writer('app')
  const access = writer('access')
  for (let i = 0; i < 10; i++) (i % 3 === 0 ? access : app).append({ at: time(i), message: String(i) })
  await Promise.all([app.close(), access.close()])

  expect(brief(await readAll(reader, ['app', 'access'])).join('')).toBe('0123456789end')
  expect(brief(await readAll(reader, ['app', 'access'], { tail: 4 })).join('')).toBe('6789end')
  expect(brief(await readAll(reader, ['app', 'access'], { after: ['access.3', 'app.4'] })).join('')).toBe('789end')
})

test('a source that had no record among the last ones does not begin with old ones when taken up again', async () => {
  const { reader, writer } = await logStore()
  const access = writer('access')
  access.append({ at: time(0), message: 'old' })
  const app = writer('app')
  app.append({ at: time(100), message: 'new' })
  await Promise.all([app.close(), access.close()])

  expect(brief(await readAll(reader, ['app', 'access'], { after: ['app.1'], tail: 1 }))).toEqual(['end'])
})

test('a source that does not exist has no records', async () => {
  const { reader } = await logStore()
  expect(await readAll(reader, ['app'])).toEqual([{ type: 'end' }])
})

test.each(['nonsense', 'app.x', 'app.-1'])('refuses %s as a cursor', async cursor => {
  const { reader } = await logStore()
  await expect(readAll(reader, ['app'], { after: [cursor] })).rejects.toMatchObject({ code: 'usage.request' })
})

test.each(['soon', '2026-02-31', '2026-02-31T00:00:00Z'])('refuses %s as a time', async text => {
  const { reader } = await logStore()
  for (const limit of [{ since: text }, { until: text }])
    await expect(readAll(reader, ['app'], limit)).rejects.toMatchObject({
      code: 'usage.request',
      message: expect.stringContaining(text.slice(0, 10)),
    })
})

test('follows a source that is made later, over several segments, to its end', { timeout: 20_000 }, async () => {
  const { reader, writer } = await logStore({ ...roomy, segmentBytes: 1000 })
  const log = writer()
  const reading = (async () => {
    const events: string[] = []
    for await (const batch of reader.read(['app'], { follow: true }, new AbortController().signal)) {
      events.push(...brief(parseBatch(batch)))
    }
    return events
  })()
  for (let i = 0; i < 500; i++) {
    log.append({ message: String(i) })
    if (i % 7 === 0) await log.flush()
  }
  await log.close({ ended: true })

  expect(await reading).toEqual([...Array.from({ length: 500 }, (_, i) => String(i)), 'end'])
})

test('a batch is bytes of the file: large logs come in pieces of about 64 KiB', async () => {
  const { reader, writer } = await logStore()
  const log = writer()
  for (let i = 0; i < 3000; i++) log.append({ message: 'x'.repeat(100) })
  await log.close()

  const sizes: number[] = []
  for await (const batch of reader.read(['app'], { follow: false }, new AbortController().signal))
    sizes.push(batch.length)
  expect(Math.max(...sizes)).toBeLessThanOrEqual(65_536)
  expect(sizes.length).toBeLessThan(20)
})

test('aborting ends a follower without an end event', async () => {
  const { reader, writer } = await logStore()
  const log = writer()
  log.append({ message: 'one' })
  await log.flush()
  const stop = new AbortController()
  const events: string[] = []
  for await (const batch of reader.read(['app'], { follow: true }, stop.signal)) {
    events.push(...brief(parseBatch(batch)))
    stop.abort()
  }
  await log.close()
  expect(events).toEqual(['one'])
})
