import { createHash, randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { beforeEach, expect, test } from 'vitest'
import type { PartStorage } from '../../../src/lib/platform/backups/storage.ts'

export interface StorageFixture {
  /** An empty one, or, called again, the same as a new process would open it. */
  open(): PartStorage
}

/** What every place where the parts of backups lie must do. */
export function storageContract(make: () => StorageFixture): void {
  let signal: AbortSignal
  beforeEach(() => {
    signal = AbortSignal.timeout(20_000)
  })

  test('keeps what was put under its SHA-256, whole or in ranges, also for the next process', async () => {
    const fixture = make()
    const content = randomBytes(3 * 1024 * 1024 + 17)
    const part = await fixture.open().put(inPieces(content), { signal })

    expect(part).toEqual({ bytes: content.length, sha256: sha256(content) })
    const again = fixture.open()
    expect(await buffer(await again.open(part.sha256))).toEqual(content)
    const range = await again.open(part.sha256, { end: 1_100_000, start: 999_999 })
    expect(await buffer(range)).toEqual(content.subarray(999_999, 1_100_001))
    expect(await again.list()).toEqual([part])
  })

  test('keeps equal contents once', async () => {
    const storage = make().open()
    const first = await storage.put(inPieces(Buffer.from('same')), { signal })
    expect(await storage.put(inPieces(Buffer.from('same')), { signal })).toEqual(first)

    expect(await storage.list()).toEqual([first])
  })

  test('knows a part by name and size', async () => {
    const storage = make().open()
    const part = await storage.put(inPieces(Buffer.from('abc')), { signal })

    expect(await storage.has(part)).toBe(true)
    expect(await storage.has({ ...part, bytes: 2 })).toBe(false)
    expect(await storage.has({ bytes: 3, sha256: sha256(Buffer.from('other')) })).toBe(false)
  })

  test('keeps nothing of a stream that fails or is called off', async () => {
    const fixture = make()
    const storage = fixture.open()
    const failing = Readable.from(
      (async function* () {
        yield Buffer.alloc(100_000)
        throw new Error('the tool died')
      })(),
    )
    await expect(storage.put(failing, { signal })).rejects.toThrow('the tool died')
    const calledOff = new AbortController()
    const endless = new Readable({ read: () => calledOff.abort(new Error('enough')) })
    await expect(storage.put(endless, { signal: calledOff.signal })).rejects.toThrow('enough')

    expect(await storage.list()).toEqual([])
    expect(await fixture.open().list()).toEqual([])
  })

  test('deletes, also what is gone already, and says what is gone', async () => {
    const storage = make().open()
    const part = await storage.put(inPieces(Buffer.from('abc')), { signal })
    await storage.delete(part.sha256)
    await storage.delete(part.sha256)

    expect(await storage.has(part)).toBe(false)
    await expect(storage.open(part.sha256)).rejects.toMatchObject({ code: 'failed.verify' })
  })
}

export function sha256(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex')
}

function inPieces(content: Buffer): Readable {
  const pieces: Buffer[] = []
  for (let at = 0; at < content.length; at += 70_001) pieces.push(content.subarray(at, at + 70_001))
  return Readable.from(pieces)
}
