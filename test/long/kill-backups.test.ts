import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BackupKillTest } from '../helpers/kill-backups.ts'
import { createRandom } from '../helpers/random.ts'
import { STORAGES } from '../helpers/restic.ts'

/** What must hold after each kill is checked by the helper. */
describe.each(STORAGES)('a platform that is killed, with volumes in %s,', storage => {
  let kills: BackupKillTest

  beforeAll(async () => {
    kills = new BackupKillTest()
    await kills.prepare(storage)
  }, 120_000)
  afterAll(() => kills?.dispose())

  it.each([
    ['backup', ['success']],
    ['restore', ['restored', 'rolled-back']],
    ['restore that fails', ['rolled-back']],
    ['verification', ['success']],
  ] as const)('in a %s is followed by one that ends it well, whatever the recorded moment', async (what, ends) => {
    const moments = await kills.count(what)
    expect(moments).toBeGreaterThan(7)
    for (let moment = 1; moment <= moments; moment++) expect(ends).toContain(await kills.dieAtMoment(what, moment))
  })

  it('in a backup or a restore is followed by one that ends it well, whatever the time', async () => {
    const random = createRandom(7)
    for (let round = 0; round < 20; round++) {
      const what = round % 2 === 0 ? 'backup' : 'restore'
      expect(['success', 'restored', 'rolled-back']).toContain(await kills.dieAfter(what, random.below(2500)))
    }
  })
})
