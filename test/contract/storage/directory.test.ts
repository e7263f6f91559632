import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { afterEach, describe, expect, it } from 'vitest'
import { createDirectoryStorage } from '../../../src/lib/platform/backups/directory-storage.ts'
import { storageContract } from './storage-contract.ts'

const directories: string[] = []
afterEach(() => {
  for (const made of directories.splice(0)) rmSync(made, { force: true, recursive: true })
})

function directory(): string {
  const made = mkdtempSync(join(tmpdir(), 'aloft-parts-'))
  directories.push(made)
  return made
}

describe('a directory of parts', () => {
  storageContract(() => {
    const place = directory()
    return { open: () => createDirectoryStorage(place) }
  })

  it('keeps an empty part too', async () => {
    const storage = createDirectoryStorage(directory())
    const empty = await storage.put(Readable.from([]), { signal: AbortSignal.timeout(5000) })

    expect(empty.bytes).toBe(0)
    expect(await buffer(await storage.open(empty.sha256))).toHaveLength(0)
  })

  it('removes what a killed process left on its way', () => {
    const place = directory()
    createDirectoryStorage(place)
    writeFileSync(join(place, 'incoming', 'half'), 'ha')
    createDirectoryStorage(place)

    expect(readdirSync(join(place, 'incoming'))).toEqual([])
  })

  it('leaves nothing on its way when a stream fails', async () => {
    const place = directory()
    const storage = createDirectoryStorage(place)
    const failing = new Readable({
      read() {
        this.destroy(new Error('no'))
      },
    })
    await expect(storage.put(failing, { signal: AbortSignal.timeout(5000) })).rejects.toThrow('no')

    expect(readdirSync(join(place, 'incoming'))).toEqual([])
  })
})
