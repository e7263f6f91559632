import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { KillTest } from '../helpers/kill-platform.ts'
import { createRandom } from '../helpers/random.ts'

describe('a deploy whose platform is killed', () => {
  let kills: KillTest
  beforeAll(async () => {
    kills = await KillTest.begin()
  }, 120_000)
  afterAll(() => kills?.close())

  it('is finished by the next one, whatever the recorded moment', async () => {
    expect(kills.count).toBeGreaterThan(30)
    for (let moment = 1; moment <= kills.count; moment++) expect(await kills.dieAtMoment(moment)).toBe('success')
  })

  it('is finished by the next one, whatever the time', async () => {
    const random = createRandom(42)
    for (let round = 0; round < 20; round++) expect(await kills.dieAfter(random.below(2500))).toBe('success')
  })
})
