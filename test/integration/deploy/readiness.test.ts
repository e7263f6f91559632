import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { untilReady } from '../../../src/lib/platform/deploy/readiness.ts'
import type { DesiredEnvironment } from '../../../src/lib/platform/engine/port.ts'
import {
  createFixture,
  desired,
  ENV,
  type EngineFixture,
  launchSpec,
  serviceState,
} from '../../helpers/process-engine.ts'

/** Takes its time to start and to end. */
const SLOW = `
const server = require('node:http').createServer((request, response) => response.end('ok'))
setTimeout(() => server.listen(Number(process.env.PORT), '127.0.0.1'), 300)
process.on('SIGTERM', () => setTimeout(() => process.exit(0), 300))
`

describe('waiting until a release is ready', () => {
  let fixture: EngineFixture

  beforeEach(async () => {
    fixture = await createFixture()
    await fixture.writeArtifact('art', { 'server.js': SLOW })
  })
  afterEach(() => fixture.dispose())

  it('ends a restart when the last instance is a new one and ready', async () => {
    const before = await converge(desired(ENV, [serviceState({ count: 2 })]))

    const after = await converge(desired(ENV, [serviceState({ count: 2, restartToken: 'again' })]))

    expect(after.map(({ state }) => state)).toEqual(['ready', 'ready'])
    expect(after.map(({ pid }) => pid).filter(pid => before.some(old => old.pid === pid))).toEqual([])
  })

  it('ends a change of the number when what is no longer wanted is gone', async () => {
    await converge(desired(ENV, [serviceState({ count: 3 })]))

    expect((await converge(desired(ENV, [serviceState({ count: 1 })]))).map(({ id }) => id)).toEqual(['web.1'])
    expect(await converge(desired(ENV, [serviceState({ count: 0 })]))).toEqual([])
  })

  it('does not take the failures of an instance that is to be replaced for those of its successor', async () => {
    const broken = serviceState({ launch: launchSpec({ command: 'exit 7' }) })
    await expect(converge(desired(ENV, [broken]))).rejects.toMatchObject({ code: 'failed.start' })

    expect((await converge(desired(ENV, [serviceState()]))).map(({ state }) => state)).toEqual(['ready'])
  })

  /** What runs at the moment when it counts as reached. */
  async function converge(state: DesiredEnvironment) {
    const { engine } = fixture
    const [release] = state.releases
    if (!release) throw new Error('nothing is wanted')
    await engine.apply(state)
    const { environment, generation } = state
    await untilReady({ engine, environment, generation, release, signal: AbortSignal.timeout(30_000) })
    return engine.instances(environment)
  }
})
