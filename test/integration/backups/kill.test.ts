import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BackupKillTest } from '../../helpers/kill-backups.ts'

/** Every moment and random times: `npm run test:long`. */
describe('a platform that is killed', () => {
  let kills: BackupKillTest

  beforeAll(async () => {
    kills = new BackupKillTest()
    await kills.prepare()
  })
  afterAll(() => kills?.dispose())

  it('while it makes a backup leaves none that looks good and is not', async () => {
    expect(await kills.dieAtMoment('backup', 7)).toBe('success')
  })

  it.each([
    ['before anything is written', 13],
    ['while the data is exchanged', 38],
  ])('in a restore %s is followed by one that ends it, and says how', async (_when, moment) => {
    expect(await kills.dieAtMoment('restore', moment)).toBe('restored')
  })
})
