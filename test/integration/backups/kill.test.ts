import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BackupKillTest } from '../../helpers/kill-backups.ts'
import { STORAGES } from '../../helpers/restic.ts'

/** Every moment and random times: `npm run test:long`. */
describe.each(STORAGES)('a platform that is killed, with volumes in %s,', storage => {
  let kills: BackupKillTest

  beforeAll(async () => {
    kills = new BackupKillTest()
    await kills.prepare(storage)
  })
  afterAll(() => kills?.dispose())

  it('while it makes a backup leaves none that looks good and is not', async () => {
    const end = storage === 'restic' ? kills.dieInRestic('backup', 'backup', 'hangs') : kills.dieAtMoment('backup', 7)
    expect(await end).toBe('success')
  })

  it('in a restore before anything is written is followed by one that ends it, and says how', async () => {
    expect(await kills.dieAtMoment('restore', 13)).toBe('restored')
  })

  it('in a restore while the data is exchanged is followed by one that ends it, and says how', async () => {
    expect(await kills.dieAtMoment('restore', 38)).toBe('restored')
  })
})
