import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BackupKillTest } from '../helpers/kill-backups.ts'
import { withoutRestic } from '../helpers/restic.ts'

/** What must hold after each kill is checked by the helper. */
describe.skipIf(withoutRestic !== '')(`a platform that is killed while restic works${withoutRestic}`, () => {
  let kills: BackupKillTest

  beforeAll(async () => {
    kills = new BackupKillTest()
    await kills.prepare('directory')
    await kills.keepIn('restic')
  }, 120_000)
  afterAll(() => kills?.dispose())

  it('at its first backup is followed by one that makes the repository', async () => {
    expect(await kills.dieInRestic('backup', 'init', 'goes on')).toBe('success')
  })

  it.each(['goes on', 'has ended', 'hangs'] as const)(
    'which %s, is followed by one that ends all well',
    async dying => {
      for (const command of ['backup', 'dump', 'prune'])
        expect(await kills.dieInRestic('backup', command, dying)).toBe('success')
      for (const command of ['backup', 'dump'])
        expect(await kills.dieInRestic('restore', command, dying)).toMatch(/^(restored|rolled-back)$/)
    },
  )
})
