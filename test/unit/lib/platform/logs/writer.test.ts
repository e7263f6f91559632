import { appendFileSync, readdirSync, readFileSync } from 'node:fs'
import { utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { brief, logStore, readAll, roomy } from '../../../../helpers/logs.ts'

test('a line on disk is the record as it goes on the wire', async () => {
  const { directory, writer } = await logStore()
  const log = writer()

  expect(log.append({ at: '2026-11-21T10:00:00Z', instance: 'web.1', message: 'WARN "hé"\n', service: 'web' })).toBe(
    'app.1',
  )
  await log.close()

  const [name] = readdirSync(join(directory, 'app'))
  expect(name).toBe('0000000000000001.ndjson')
  expect(readFileSync(join(directory, 'app', name ?? ''), 'utf8')).toBe(
    '{"type":"log","cursor":"app.1","at":"2026-11-21T10:00:00.000Z","source":"app","service":"web","instance":"web.1","level":"warning","message":"WARN \\"hé\\"\\n"}\n',
  )
})

test('a new writer cuts off a torn last line and goes on with the sequence', async () => {
  const { directory, reader, writer } = await logStore()
  const first = writer()
  first.append({ message: 'one' })
  first.append({ message: 'two' })
  await first.close()
  appendFileSync(join(directory, 'app', '0000000000000001.ndjson'), '{"type":"log","cursor":"app.3","at":"20')

  const second = writer()
  expect(second.append({ message: 'three' })).toBe('app.3')
  await second.close()

  expect(brief(await readAll(reader, ['app']))).toEqual(['one', 'two', 'three', 'end'])
})

test('a new writer goes on when nothing of the last segment can be read', async () => {
  const { directory, reader, writer } = await logStore()
  const first = writer()
  first.append({ message: 'one' })
  await first.close()
  appendFileSync(join(directory, 'app', '0000000000000002.ndjson'), 'x'.repeat(100))

  const second = writer()
  expect(second.append({ message: 'later' })).toBe('app.102')
  await second.close()

  expect(brief(await readAll(reader, ['app']))).toEqual(['one', 'gap 2-101 lost', 'later', 'end'])
})

test('a long message becomes several records, cut between characters', async () => {
  const { reader, writer } = await logStore()
  const log = writer()
  const message = 'é'.repeat(70_001)
  expect(log.append({ message })).toBe('app.3')
  await log.close()

  const messages = brief(await readAll(reader, ['app'])).slice(0, -1)
  expect(messages).toHaveLength(3)
  expect(messages.join('')).toBe(message)
})

test('segments are closed at their size and the oldest are removed above the total size', async () => {
  const limits = { ...roomy, segmentBytes: 2000, totalBytes: 6000 }
  const { directory, reader, writer } = await logStore(limits)
  const log = writer()
  for (let i = 1; i <= 200; i++) {
    log.append({ message: `line ${i}` })
    if (i % 10 === 0) await log.flush()
  }
  await log.close()

  expect(readdirSync(join(directory, 'app')).length).toBeLessThan(6)
  const events = brief(await readAll(reader, ['app']))
  const first = Number(/^line (\d+)$/.exec(events[1] ?? '')?.[1])
  expect(first).toBeGreaterThan(100)
  expect(events[0]).toBe(`gap 1-${first - 1} retention`)
  expect(events.slice(1)).toEqual([...Array.from({ length: 201 - first }, (_, i) => `line ${first + i}`), 'end'])
})

test('segments beyond their age are removed when writing begins, and the sequence goes on', async () => {
  const limits = { ...roomy, maxAgeMs: 60_000, segmentBytes: 100 }
  const { directory, reader, writer } = await logStore(limits)
  const log = writer()
  log.append({ message: 'one' })
  await log.flush()
  log.append({ message: 'two' })
  await log.close()
  for (const name of readdirSync(join(directory, 'app'))) await utimes(join(directory, 'app', name), 1, 1)

  const next = writer()
  expect(next.append({ message: 'three' })).toBe('app.3')
  await next.close()

  expect(brief(await readAll(reader, ['app']))).toEqual(['gap 1-2 retention', 'three', 'end'])
})

test('what does not fit while the disk is slow becomes an overflow gap', async () => {
  const { reader, writer } = await logStore()
  const log = writer()
  const message = 'x'.repeat(60_000)
  for (let i = 0; i < 200; i++) log.append({ message })
  await log.flush()
  log.append({ message: 'after' })
  await log.close()

  const events = await readAll(reader, ['app'])
  const gap = events.find(event => event.type === 'gap')
  const records = events.filter(event => event.type === 'log')
  expect(gap).toMatchObject({ reason: 'overflow', source: 'app', to: 200 })
  expect(records.length + (gap?.dropped ?? 0)).toBe(201)
  expect(records.at(-1)?.cursor).toBe('app.201')
})

test('an ended source ends its readers, until something is appended again', async () => {
  const { directory, writer } = await logStore()
  const log = writer()
  log.append({ message: 'one' })
  await log.close({ ended: true })
  expect(readFileSync(join(directory, 'app', 'ended'), 'utf8')).toBe('1\n')

  const again = writer()
  again.append({ message: 'two' })
  await again.close()
  expect(readdirSync(join(directory, 'app'))).not.toContain('ended')
})

test('appending after closing changes nothing', async () => {
  const { reader, writer } = await logStore()
  const log = writer()
  log.append({ message: 'one' })
  await log.close()
  log.append({ message: 'two' })
  await log.flush()
  expect(brief(await readAll(reader, ['app']))).toEqual(['one', 'end'])
})
