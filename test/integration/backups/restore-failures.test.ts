import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { BundlePart } from '../../../src/lib/bundle/manifest.ts'
import { createId } from '../../../src/lib/core/ids.ts'
import { BackupPlatform, type TestEnvironment } from '../../helpers/backup-platform.ts'
import { toErrorDocument } from '../../../src/lib/core/errors.ts'
import type { Backups, PlanRestoreInput } from '../../../src/lib/platform/backups/port.ts'
import { sayToToy } from '../../helpers/toy-service.ts'

describe('a restore that fails', () => {
  let platform: BackupPlatform
  let shop: TestEnvironment
  /** A backup whose restore fails in the middle. */
  let poisoned: string
  /** Called at the begin of each step. */
  let onStep: ((step: string) => void) | undefined

  beforeAll(async () => {
    platform = new BackupPlatform()
    await platform.open((_activity, step, moment) => moment === 'after-record' && onStep?.(step))
    shop = await platform.deploy('shop', { db: 'toy' })
    await say('add one')
    await platform.write(shop, 'a.txt', 'first')
    const { backup } = await platform.backUp(shop)
    await say('add poison')
    poisoned = (await platform.backUp(shop)).backup.id
    await platform.restore(backup.id, shop, { safetyBackup: false })
  })
  afterAll(() => platform?.dispose())

  it('in the middle goes back to what was there before, and says so', async () => {
    await platform.write(shop, 'a.txt', 'today')
    const before = await state()

    const failed = await platform.restore(poisoned, shop)
    expect(failed).toMatchObject({
      error: { code: 'failed.restore', details: { state: 'rolled-back' }, message: expect.stringContaining('poison') },
      output: { state: 'rolled-back' },
      result: 'failure',
    })
    expect(await state()).toEqual(before)
    expect(platform.parts.deps.routing.isHeld(shop.id)).toBe(false)
    expect(readdirSync(platform.parts.deps.layout.volumes(shop.id)).toSorted()).toEqual(['db', 'uploads'])
  })

  it('without a safety backup says what to type', async () => {
    const { backup } = await platform.backUp(shop)
    const failed = await platform.restore(poisoned, shop, { safetyBackup: false })

    expect(failed).toMatchObject({
      error: { details: { state: 'broken' } },
      output: { state: 'broken' },
      result: 'failure',
    })
    expect(failed.error?.suggestions.join(' ')).toContain('aloft restore')
    expect(await platform.restore(backup.id, shop)).toMatchObject({ output: { state: 'restored' } })
  })

  it('does not let its safety backup go, and says so when it has gone all the same', async () => {
    const { backups, deps } = platform.parts
    const deletions: Promise<string>[] = []
    onStep = step => {
      const [safety] = deps.store.backups.list({ state: 'complete' }).filter(({ reason }) => reason === 'safety')
      if (step !== 'restore:service:db' || !safety || deletions.length > 0) return
      deletions.push(backups.backups.delete(safety.id).then(() => 'deleted', toCode))
      deps.store.backups.delete(safety.id)
    }
    const failed = await platform.restore(poisoned, shop, { only: ['database'] })
    onStep = undefined

    expect(await Promise.all(deletions)).toEqual(['conflict.busy'])
    expect(failed).toMatchObject({ error: { details: { state: 'broken' } }, output: { state: 'broken' } })
    expect(deps.routing.isHeld(shop.id)).toBe(false)
  })

  it('whose safety backup is damaged meanwhile takes nothing more from the service', async () => {
    await say('remove poison')
    const { backup } = await platform.backUp(shop)
    // no other backup has the same part
    await say(`add ${createId('bkp')}`)
    onStep = step => {
      if (step !== 'rollback:service:db') return
      const { backups } = platform.parts.deps.store
      const safety = backups.list({ state: 'complete' }).find(({ label }) => label?.includes(poisoned) === true)
      truncateSync(fileOf(safety?.manifest?.parts[0]), 5)
    }
    const failed = await platform.restore(poisoned, shop, { only: ['database'] })
    onStep = undefined

    expect(failed).toMatchObject({ output: { state: 'broken' } })
    expect(await state()).toMatchObject({ words: expect.arrayContaining(['one']) })
    expect(await platform.restore(backup.id, shop, { safetyBackup: false })).toMatchObject({ result: 'success' })
  })

  it('because a part is damaged, cut off or gone has touched nothing', async () => {
    await platform.write(shop, 'big.txt', 'x'.repeat(5000))
    const { backup } = await platform.backUp(shop)
    const before = await state()
    const file = fileOf(backup.manifest?.parts[0])
    const content = readFileSync(file)
    const damaged = Buffer.from(content)
    damaged.writeUInt8(damaged.readUInt8(9) ^ 1, 9)

    expect(await plan(backup.id, { checkContents: true })).toMatchObject({ contentsChecked: true, warnings: [] })
    writeFileSync(file, damaged)
    expect(await platform.restore(backup.id, shop)).toMatchObject({ error: { code: 'failed.verify' } })
    await expect(plan(backup.id, { checkContents: true })).rejects.toMatchObject({ code: 'failed.verify' })
    expect(await plan(backup.id)).toMatchObject({ contentsChecked: false })
    truncateSync(file, 5)
    expect(await platform.restore(backup.id, shop)).toMatchObject({ error: { code: 'failed.verify' } })
    await expect(plan(backup.id)).rejects.toMatchObject({ code: 'failed.verify' })
    execFileSync('rm', [file])
    expect(await platform.restore(backup.id, shop)).toMatchObject({ error: { code: 'failed.verify' } })
    await expect(plan(backup.id)).rejects.toMatchObject({ code: 'failed.verify' })
    expect(await state()).toEqual(before)
    await expect(platform.parts.backups.backups.bundle(backup.id)).rejects.toMatchObject({ code: 'failed.verify' })
  })

  it('may be one of a backup whose verification failed: its plan says so', async () => {
    const { backup } = await platform.backUp(shop)
    const verification = {
      at: '2026-01-31T12:00:00.000Z',
      problems: ['db: words are missing'],
      result: 'failed',
    } as const
    platform.parts.deps.store.backups.update(backup.id, { verification })

    expect(await plan(backup.id)).toMatchObject({
      warnings: [`the verification of ${backup.id} failed: db: words are missing`],
    })
  })

  it('because there is no such service or volume has touched nothing', async () => {
    const { backup } = await platform.backUp(shop)
    const before = await state()
    for (const rename of [{ db: 'cache' }, { nothing: 'db' }])
      expect(await platform.restore(backup.id, shop, { rename })).toMatchObject({
        error: { code: 'not-found.service' },
      })
    expect(await state()).toEqual(before)
  })

  function plan(backup: string, over: Partial<PlanRestoreInput> = {}): ReturnType<Backups['planRestore']> {
    const request = { backup, environment: shop.id, only: [], rename: {}, safetyBackup: true, ...over }
    return platform.parts.backups.backups.planRestore(request, AbortSignal.timeout(30_000))
  }

  function fileOf({ sha256 = '' }: Partial<BundlePart> = {}): string {
    return join(platform.parts.deps.layout.backups, 'parts', sha256.slice(0, 2), sha256.slice(2))
  }

  async function state(): Promise<unknown> {
    return { files: await platform.ask(shop), words: (await sayToToy(platform.service(shop, 'db'), 'all')).words }
  }

  function say(what: string): Promise<unknown> {
    return sayToToy(platform.service(shop, 'db'), what)
  }
})

function toCode(error: unknown): string {
  return toErrorDocument(error).code
}
