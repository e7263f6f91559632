import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { Uploads } from '../../../src/lib/platform/uploads/uploads.ts'
import { MovedClock } from '../../helpers/moved-clock.ts'
import { until } from '../../helpers/until.ts'

const REQUEST = { bytes: 10, environment: 'main', project: 'shop' }
const DAY_MS = 24 * 3_600_000

let directory: string
let uploads: Uploads
const clock = new MovedClock()
const used = new Set<string>()
const isUsed = (id: string): boolean => used.has(id)

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'aloft-uploads-'))
  uploads = new Uploads({ clock, directory, isUsed })
})
afterEach(() => {
  used.clear()
  rmSync(directory, { force: true, recursive: true })
})

it('goes on at the offset where it was cut, also in another process', async () => {
  const { id } = uploads.create(REQUEST)
  const cut = new PassThrough()
  const first = uploads.append(id, 0, cut)
  cut.write('0123')
  await until('the bytes have arrived', () => uploads.get(id)?.offset === 4)
  cut.destroy(new Error('the connection is lost'))
  await expect(first).rejects.toThrow('the connection is lost')

  const later = new Uploads({ clock, directory, isUsed })
  expect(later.get(id)).toMatchObject({ ...REQUEST, offset: 4 })
  expect(await later.append(id, 4, Readable.from([Buffer.from('456789')]))).toBe(10)
  expect(readFileSync(later.file(id), 'utf8')).toBe('0123456789')
})

it('refuses bytes for another offset and says the right one', async () => {
  const { id } = uploads.create(REQUEST)
  await uploads.append(id, 0, Readable.from([Buffer.from('0123')]))

  for (const offset of [0, 3, 5]) {
    await expect(uploads.append(id, offset, Readable.from([Buffer.from('x')]))).rejects.toMatchObject({
      code: 'conflict.offset',
      details: { offset: 4 },
    })
  }
  expect(uploads.get(id)?.offset).toBe(4)
})

it('takes the bytes of one of two that come at once', async () => {
  const { id } = uploads.create(REQUEST)
  const [first, second] = await Promise.allSettled([
    uploads.append(id, 0, Readable.from([Buffer.from('0123')])),
    uploads.append(id, 0, Readable.from([Buffer.from('0123456789')])),
  ])

  const [done, refused] = first.status === 'fulfilled' ? [first, second] : [second, first]
  expect(done).toMatchObject({ status: 'fulfilled', value: uploads.get(id)?.offset })
  expect(refused).toMatchObject({ status: 'rejected' })
  expect('0123456789').toContain(readFileSync(uploads.file(id), 'utf8'))
})

it('takes no more than was announced, and forgets nothing of what it took', async () => {
  const { id } = uploads.create(REQUEST)

  await expect(
    uploads.append(id, 0, Readable.from([Buffer.from('01234'), Buffer.from('567890')])),
  ).rejects.toMatchObject({ code: 'usage.request' })
  expect(uploads.get(id)?.offset).toBe(5)
})

it('ends the writing of a connection whose client has come back', async () => {
  const { id } = uploads.create(REQUEST)
  const dead = new PassThrough()
  const stuck = uploads.append(id, 0, dead).catch(() => 'ended')
  dead.write('01')
  await until('the bytes have arrived', () => uploads.get(id)?.offset === 2)

  expect((await uploads.settled(id))?.offset).toBe(2)
  expect(await stuck).toBe('ended')
})

it('gives up what rested for a day, unless it is used', async () => {
  const [resting, busy] = [uploads.create(REQUEST).id, uploads.create(REQUEST).id]
  uploads.removeExpired()
  expect(uploads.get(resting)).toBeDefined()

  clock.move(DAY_MS + 60_000)
  used.add(busy)
  uploads.removeExpired()

  expect(uploads.get(resting)).toBeUndefined()
  expect(uploads.get(busy)).toBeDefined()
  uploads.remove(busy)
  uploads.remove(busy)
  expect(uploads.get(busy)).toBeUndefined()
})

it('names those of the same target and size that rest, by what has arrived', async () => {
  const { id } = uploads.create(REQUEST)
  await uploads.append(id, 0, Readable.from([Buffer.from('0123')]))
  for (const other of [{ bytes: 11 }, { environment: 'preview' }, { project: 'toys' }])
    await uploads.append(uploads.create({ ...REQUEST, ...other }).id, 0, Readable.from([Buffer.from('0123')]))
  uploads.create(REQUEST)
  const taken = uploads.create(REQUEST)
  await uploads.append(taken.id, 0, Readable.from([Buffer.from('0123456789')]))
  used.add(taken.id)

  expect(await uploads.resting(REQUEST)).toEqual([{ id, offset: 4, sha256: sha256('0123') }])
})

it('does not name one that is being sent, unless nothing has come for a while', async () => {
  const { id } = uploads.create(REQUEST)
  const silent = new PassThrough()
  const stuck = uploads.append(id, 0, silent).catch(() => 'ended')
  silent.write('01')
  await until('the bytes have arrived', () => uploads.get(id)?.offset === 2)

  expect(await uploads.resting(REQUEST)).toEqual([])
  clock.move(10_000)
  expect(await uploads.resting(REQUEST)).toEqual([{ id, offset: 2, sha256: sha256('01') }])
  expect(await stuck).toBe('ended')
})

it('goes on under another id, so that whoever began it can send no more', async () => {
  const { id: first } = uploads.create(REQUEST)
  await uploads.append(first, 0, Readable.from([Buffer.from('0123')]))

  const second = uploads.create({ ...REQUEST, label: 'again' }, { id: first, offset: 4 })

  expect(second).toMatchObject({ label: 'again', offset: 4 })
  await expect(uploads.append(first, 4, Readable.from([Buffer.from('x')]))).rejects.toMatchObject({
    code: 'not-found.upload',
  })
  expect(await uploads.append(second.id, 4, Readable.from([Buffer.from('456789')]))).toBe(10)
  expect(readFileSync(uploads.file(second.id), 'utf8')).toBe('0123456789')
  expect(readdirSync(directory)).toEqual([second.id])
})

it('begins at the beginning where the other one has changed, is another target or is used', async () => {
  const { id } = uploads.create(REQUEST)
  await uploads.append(id, 0, Readable.from([Buffer.from('0123')]))
  const from = { id, offset: 4 }

  expect(uploads.create(REQUEST, { ...from, offset: 3 }).offset).toBe(0)
  expect(uploads.create({ ...REQUEST, project: 'toys' }, from).offset).toBe(0)
  expect(uploads.create(REQUEST, { ...from, id: 'upl_none' }).offset).toBe(0)
  used.add(id)
  expect(uploads.create(REQUEST, from).offset).toBe(0)
  expect(uploads.get(id)?.offset).toBe(4)
})

it('does without one whose content another one has taken when the platform was killed', () => {
  const { id } = uploads.create(REQUEST)
  rmSync(uploads.file(id))

  expect(uploads.get(id)).toBeUndefined()
  clock.move(DAY_MS + 60_000)
  uploads.removeExpired()
  expect(readdirSync(directory)).toEqual([])
})

it.each(['upl_none', '../uploads', ''])('knows no upload %j', async id => {
  expect(uploads.get(id)).toBeUndefined()
  await expect(uploads.append(id, 0, Readable.from([]))).rejects.toMatchObject({ code: 'not-found.upload' })
})

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
