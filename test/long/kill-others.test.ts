import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { KillTest } from '../helpers/kill-platform.ts'
import { createRandom } from '../helpers/random.ts'

const victims = [
  { ends: /^success$/, victim: 'edge' },
  // a build or a hook dies with the keeper it runs under, and nobody knows how far it came
  { ends: /^success$|^failure: .* was lost with (the|its) keeper/, victim: 'keeper' },
] as const

describe.each(victims)('a deploy whose $victim is killed', ({ ends, victim }) => {
  let kills: KillTest
  beforeAll(async () => {
    kills = await KillTest.begin()
  }, 120_000)
  afterAll(() => kills?.close())

  it('goes live, whatever the recorded moment, with nothing running twice', async () => {
    expect(kills.count).toBeGreaterThan(30)
    for (let moment = 1; moment <= kills.count; moment++)
      expect(await kills.killAtMoment(victim, moment)).toBe('success')
  })

  it('goes live or says why not, whatever the time', async () => {
    const random = createRandom(7)
    for (let round = 0; round < 20; round++) {
      expect(await kills.killAfter(victim, random.below(2500))).toMatch(ends)
    }
  })
})
