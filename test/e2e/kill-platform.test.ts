import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { KillTest } from '../helpers/kill-platform.ts'

/** Every moment and random times: `npm run test:long`. */
describe('a deploy in which something is killed', () => {
  let kills: KillTest
  beforeAll(async () => {
    kills = await KillTest.begin()
  })
  afterAll(() => kills?.close())

  it.each([0.1, 0.3, 0.5, 0.7, 0.9])('is finished by the next platform (%d of the way)', async part => {
    expect(await kills.dieAtMoment(Math.ceil(kills.count * part))).toBe('success')
  })

  it.each(['edge', 'keeper'] as const)('goes live when it is the %s', async victim => {
    expect(await kills.killAtMoment(victim, Math.ceil(kills.count * 0.6))).toBe('success')
  })
})
