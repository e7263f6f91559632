import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync, readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { zstdCompressSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { TAR_END, tarHeader } from '../../../src/lib/bundle/tar-writer.ts'
import { createId } from '../../../src/lib/core/ids.ts'
import { checkContents } from '../../../src/lib/platform/backups/unpack.ts'
import { BackupPlatform, type TestEnvironment } from '../../helpers/backup-platform.ts'
import { fillDisk } from '../../helpers/fill-disk.ts'
import { STORAGES } from '../../helpers/restic.ts'
import { sayToToy } from '../../helpers/toy-service.ts'

const MB = 1024 * 1024
const SIZE_MB = 96
const FILE_MB = 16
const BOMB_MB = 1024

const withoutRoot = process.getuid?.() === 0 ? '' : ' (skipped: needs root, to mount a small one)'

describe.skipIf(withoutRoot !== '').each(STORAGES)(
  `a disk that gets full, with volumes in %s${withoutRoot}`,
  storage => {
    let platform: BackupPlatform
    let shop: TestEnvironment
    let data: string
    /** Called at the begin of each step. */
    let onStep: ((step: string) => void) | undefined

    beforeAll(async () => {
      platform = new BackupPlatform()
      data = join(platform.root, 'data')
      mkdirSync(data)
      execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE_MB}m,mode=0711`, 'tmpfs', data])
      await platform.open((_activity, step, moment) => moment === 'after-record' && onStep?.(step))
      shop = await platform.deploy('shop', { db: 'toy' })
      platform.parts.backups.deps.policies.setStorage(shop.id, storage)
      await sayToToy(platform.service(shop, 'db'), 'add one')
      await platform.write(shop, 'a.txt', 'first')
    })
    afterAll(async () => {
      await platform?.dispose().catch(() => undefined)
      execFileSync('umount', ['-l', data])
      rmSync(platform.root, { force: true, recursive: true })
    })

    it('during a backup fails it, leaves nothing of it, and the application goes on', async () => {
      const { activity, backup } = await withBigFile(() => {
        fillUpTo(FILE_MB / 2)
        return platform.backUp(shop)
      })

      expect(activity).toMatchObject({ error: { code: 'failed.disk-full' }, result: 'failure' })
      expect(backup).toMatchObject({ contents: [], sizeBytes: 0, state: 'failed' })
      expect(parts()).toEqual([])
      expect(await platform.ask(shop)).toMatchObject({ 'a.txt': 'first' })
    })

    it('during a restore loses nothing, and says so', async () => {
      const { backup } = await withBigFile(() => platform.backUp(shop))
      expect(backup.state).toBe('complete')
      await platform.write(shop, 'a.txt', 'today')
      await sayToToy(platform.service(shop, 'db'), 'add two')

      onStep = step => step === 'extract:uploads' && fillUpTo(FILE_MB / 2)
      const failed = await platform.restore(backup.id, shop)
      onStep = undefined
      rmSync(join(data, 'filler'), { force: true })

      expect(failed).toMatchObject({ output: { state: 'rolled-back' }, result: 'failure' })
      expect(await platform.ask(shop)).toEqual({ 'a.txt': 'today' })
      expect((await sayToToy(platform.service(shop, 'db'), 'all')).words).toEqual(['one', 'two'])
      expect(await platform.problems()).toEqual([])
    })

    it('is found before a restore or a verification that would not fit, which says nothing of the backup', async () => {
      const [{ id } = { id: '' }] = platform.parts.deps.store.backups.list({ state: 'complete' }).toReversed()
      fillUpTo(FILE_MB / 2)
      const refused = await platform.restore(id, shop)
      const unverified = await platform.verify(id)
      rmSync(join(data, 'filler'))

      for (const activity of [refused, unverified])
        expect(activity).toMatchObject({ error: { code: 'failed.disk-full' }, result: 'failure' })
      expect(platform.parts.deps.store.backups.get(id)?.verification).toBeUndefined()
      expect(await platform.ask(shop)).toEqual({ 'a.txt': 'today' })
    })

    it('keeps none from reading what is there', async () => {
      const [{ id, manifest } = { id: '', manifest: undefined }] = platform.parts.deps.store.backups
        .list({ state: 'complete' })
        .toReversed()
      const signal = AbortSignal.timeout(30_000)
      fillDisk(join(data, 'filler'))
      await checkContents(platform.parts.backups.deps, manifest?.parts ?? [], signal)
      rmSync(join(data, 'filler'))

      expect(await platform.verify(id)).toMatchObject({ result: 'success' })
      expect(await platform.problems()).toEqual([])
    })

    it('does not get full of an archive that is small until it is unpacked: it is told from what it would take', async () => {
      const file = join(platform.root, 'bomb.tar.zst')
      writeFileSync(file, bomb(BOMB_MB))
      const backup = createId('bkp')
      const as = { activity: 'act_1', backup, environment: 'main', project: 'shop' }
      await platform.parts.backups.backups.takeIn(file, as, AbortSignal.timeout(50_000))
      const before = [await platform.ask(shop), statfsSync(data).bavail] as const

      const refused = await platform.restore(backup, shop, { rename: { data: 'uploads' } })
      const unverified = await platform.verify(backup)

      for (const activity of [refused, unverified])
        expect(activity).toMatchObject({
          error: { code: 'failed.disk-full', message: expect.stringMatching(/needs \d+ bytes; \d+ are free/) },
          result: 'failure',
        })
      expect(await platform.ask(shop)).toEqual(before[0])
      expect(before[1] - statfsSync(data).bavail).toBeLessThan(MB / statfsSync(data).bsize)
      expect(await platform.problems()).toEqual([])
    })

    /** Runs something while the volume has a file that does not compress. */
    async function withBigFile<T>(run: () => Promise<T>): Promise<T> {
      const file = join(platform.parts.deps.layout.volumes(shop.id), 'uploads', '_', 'big.bin')
      writeFileSync(file, randomBytes(FILE_MB * MB))
      try {
        return await run()
      } finally {
        rmSync(file)
        rmSync(join(data, 'filler'), { force: true })
      }
    }

    /** Leaves so much free. */
    function fillUpTo(freeMb: number): void {
      const { bavail, bsize } = statfsSync(data)
      writeFileSync(join(data, 'filler'), Buffer.alloc(Math.max(0, bavail * bsize - freeMb * MB)))
    }

    function parts(): string[] {
      const names = readdirSync(platform.parts.deps.layout.backups, { encoding: 'utf8', recursive: true })
      return names.filter(name => /(^|restic\/)parts\/.{60,}/.test(name))
    }
  },
)

/** A tar of one file of zeros, as zstd frames that follow each other. */
function bomb(megabytes: number): Buffer {
  const [letter, name, type] = ['0', 'zeros', 'file'] as const
  const head = tarHeader({
    letter,
    linkName: '',
    mode: 0o644,
    mtime: '0',
    name,
    pax: new Map(),
    size: megabytes * MB,
    type,
  })
  const zeros = zstdCompressSync(Buffer.alloc(64 * MB))
  const frames = Array.from({ length: megabytes / 64 }, () => zeros)
  return Buffer.concat([zstdCompressSync(head), ...frames, zstdCompressSync(TAR_END)])
}
