import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { KillTest } from '../helpers/kill-platform.ts'
import { createRandom } from '../helpers/random.ts'
import { createWorkspace, type Workspace } from '../helpers/workspace.ts'

describe('a deploy whose platform is killed', () => {
  let workspace: Workspace
  let kills: KillTest
  let moments = 0

  beforeAll(async () => {
    workspace = createWorkspace()
    kills = new KillTest(workspace)
    moments = await kills.prepare()
  }, 120_000)
  afterAll(() => workspace?.close())

  it('is finished by the next one, whatever the recorded moment', async () => {
    expect(moments).toBeGreaterThan(30)
    for (let moment = 1; moment <= moments; moment++) expect(await kills.dieAtMoment(moment)).toBe('success')
  })

  it('is finished by the next one, whatever the time', async () => {
    const random = createRandom(42)
    for (let round = 0; round < 20; round++) expect(await kills.dieAfter(random.below(2500))).toBe('success')
  })
})
