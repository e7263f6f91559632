import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
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

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'aloft-uploads-'))
  uploads = new Uploads({ clock, directory })
})
afterEach(() => rmSync(directory, { force: true, recursive: true }))

it('goes on at the offset where it was cut, also in another process', async () => {
  const { id } = uploads.create(REQUEST)
  const cut = new PassThrough()
  const first = uploads.append(id, 0, cut)
  cut.write('0123')
  await until('the bytes have arrived', () => uploads.get(id)?.offset === 4)
  cut.destroy(new Error('the connection is lost'))
  await expect(first).rejects.toThrow('the connection is lost')

  const later = new Uploads({ clock, directory })
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
  const [resting, used] = [uploads.create(REQUEST).id, uploads.create(REQUEST).id]
  uploads.removeExpired(() => false)
  expect(uploads.get(resting)).toBeDefined()

  clock.move(DAY_MS + 60_000)
  uploads.removeExpired(id => id === used)

  expect(uploads.get(resting)).toBeUndefined()
  expect(uploads.get(used)).toBeDefined()
  uploads.remove(used)
  uploads.remove(used)
  expect(uploads.get(used)).toBeUndefined()
})

it.each(['upl_none', '../uploads', ''])('knows no upload %j', async id => {
  expect(uploads.get(id)).toBeUndefined()
  await expect(uploads.append(id, 0, Readable.from([]))).rejects.toMatchObject({ code: 'not-found.upload' })
})
