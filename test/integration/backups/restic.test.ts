import { randomBytes } from 'node:crypto'
import { createReadStream, createWriteStream, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createId } from '../../../src/lib/core/ids.ts'
import type { Activity } from '../../../src/lib/core/model.ts'
import { readBundle } from '../../../src/lib/bundle/read.ts'
import { sha256Of } from '../../../src/lib/stream/digest.ts'
import { membersOf } from '../../../src/lib/platform/engine/process/process-tree.ts'
import type { BackupRecord } from '../../../src/lib/platform/store/port.ts'
import { BackupPlatform, type TestEnvironment } from '../../helpers/backup-platform.ts'
import { resticProcesses, sizeOf, withoutRestic } from '../../helpers/restic.ts'
import { until } from '../../helpers/until.ts'

const MB = 1024 * 1024
const SIZE_MB = 12

describe.skipIf(withoutRestic !== '')(`volumes kept in restic${withoutRestic}`, () => {
  let platform: BackupPlatform
  let shop: TestEnvironment
  let first: BackupRecord
  let second: BackupRecord
  let plain: BackupRecord

  beforeAll(async () => {
    platform = new BackupPlatform()
    await platform.open()
    shop = await platform.deploy('shop', {})
    writeFileSync(bigFile(), randomBytes(SIZE_MB * MB))
    await platform.write(shop, 'a.txt', 'first')
    plain = (await platform.backUp(shop)).backup
  })
  afterAll(() => platform?.dispose())

  it('take what changed of them', async () => {
    platform.parts.backups.deps.policies.setStorage(shop.id, 'restic')
    await platform.write(shop, 'a.txt', 'second')
    first = (await platform.backUp(shop)).backup
    const before = sizeOf(platform.parts.deps.layout.backups)
    await platform.write(shop, 'a.txt', 'third')
    const big = readFileSync(bigFile())
    big.write('changed', SIZE_MB * MB * 0.5)
    writeFileSync(bigFile(), big)
    second = (await platform.backUp(shop)).backup

    expect([first, second]).toMatchObject([{ state: 'complete' }, { state: 'complete' }])
    expect(second.manifest?.parts).toMatchObject([{ name: 'volumes/uploads.tar' }])
    expect(second.sizeBytes).toBeGreaterThan(SIZE_MB * MB)
    // where it changed, a piece of at most 8 MB is kept anew
    expect(sizeOf(platform.parts.deps.layout.backups) - before).toBeLessThan(10 * MB)
  })

  it('can be verified, and restored beside those that are kept as a whole', async () => {
    expect(await platform.verify(second.id)).toMatchObject({ result: 'success' })

    expect(await restore(first.id)).toMatchObject({ output: { state: 'restored' } })
    expect(await platform.ask(shop)).toEqual({ 'a.txt': 'second' })
    expect(await restore(plain.id)).toMatchObject({ output: { state: 'restored' } })
    expect(await platform.ask(shop)).toEqual({ 'a.txt': 'first' })
  })

  it('are in the bundle as they are, which another platform takes in without restic', async () => {
    const { backups } = platform.parts.backups
    const bundle = await backups.bundle(second.id)
    const file = join(platform.root, 'bundle.tar')
    const half = Math.floor(bundle.bytes / 2)
    await pipeline(bundle.read({ end: half - 1, start: 0 }), createWriteStream(file))
    await pipeline(bundle.read({ end: bundle.bytes - 1, start: half }), createWriteStream(file, { flags: 'a' }))
    const manifest = await readBundle(createReadStream(file), async (_part, content) => void (await sha256Of(content)))
    expect(manifest.parts).toEqual(second.manifest?.parts)

    platform.parts.backups.deps.policies.setStorage(shop.id, 'directory')
    const backup = createId('bkp')
    const as = { activity: 'act_1', backup, environment: 'main', project: 'other' }
    await backups.takeIn(file, as, AbortSignal.timeout(20_000))
    expect(await restore(backup)).toMatchObject({ output: { state: 'restored' } })
    expect(await platform.ask(shop)).toEqual({ 'a.txt': 'third' })
    await backups.delete(backup)
  })

  it('leave no restic to work on when the platform is stopped, and are kept by the next one', async () => {
    const restic = resticProcesses(join(platform.parts.deps.layout.backups, 'restic'))
    platform.parts.backups.deps.policies.setStorage(shop.id, 'restic')
    writeFileSync(bigFile(), randomBytes(SIZE_MB * MB))
    const backup = createId('bkp')
    const input = { backup, consistency: 'live', environment: shop.id, keep: false, only: [], reason: 'manual' }
    const id = platform.start('backup.create', shop, input)
    await until('restic works', () => membersOf(restic).length > 0)
    await platform.close()
    await until('none works', () => membersOf(restic).length === 0)

    await platform.open()
    await platform.takeUp()
    expect(await platform.finished(id)).toMatchObject({ result: 'success' })
    expect(await platform.problems()).toEqual([])
    await platform.parts.backups.backups.delete(backup)
  })

  it('are there still when those they share pieces with are deleted', async () => {
    const { backups, deps } = platform.parts.backups
    await backups.delete(first.id)
    await deps.parts.tidy(AbortSignal.timeout(20_000))

    expect(await restore(second.id)).toMatchObject({ output: { state: 'restored' } })
    expect(await platform.ask(shop)).toEqual({ 'a.txt': 'third' })
    expect(await platform.problems()).toEqual([])
  })

  function restore(backup: string): Promise<Activity> {
    return platform.restore(backup, shop, { safetyBackup: false })
  }

  function bigFile(): string {
    return join(platform.parts.deps.layout.volumes(shop.id), 'uploads', '_', 'big.bin')
  }
})
