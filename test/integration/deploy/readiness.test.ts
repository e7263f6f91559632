import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type ReadinessOptions, untilReady } from '../../../src/lib/platform/deploy/readiness.ts'
import type { DesiredEnvironment, ServiceState } from '../../../src/lib/platform/engine/port.ts'
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
    await fixture.writeArtifact('art', { 'data/.keep': '', 'server.js': SLOW })
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

  it('lets what recovers take longer than its start may, and says so', async () => {
    const told: string[] = []
    const server = recovering(
      'until [ "$(cat data/rounds | wc -l)" -ge 5 ]; do sleep 0.1; done; exec node server.js',
      5,
    )

    const [instance] = await converge(desired(ENV, [server]), { onProgress: message => told.push(message) })

    expect(told).toContain('waiting until ready: web 0/1, which recovers its data after a crash')
    expect(instance).toMatchObject({ restarts: 0, state: 'ready' })
    expect(instance).not.toHaveProperty('isRecovering')
  })

  it('gives up at its own deadline, and leaves what recovers to it', async () => {
    const { engine } = fixture
    const state = desired(ENV, [recovering('sleep 1000', 1_000_000)])

    await expect(converge(state, { timeoutMs: 3000 })).rejects.toMatchObject({
      code: 'failed.health',
      message: 'web.1 still recovers its data after a crash, and is left to it',
      suggestions: expect.arrayContaining([expect.stringContaining('once `aloft services` shows it ready')]),
    })

    expect(await engine.instances(ENV)).toMatchObject([{ isRecovering: true, restarts: 0, state: 'starting' }])
  })

  /** What runs at the moment when it counts as reached. */
  async function converge(
    state: DesiredEnvironment,
    options: Partial<Pick<ReadinessOptions, 'onProgress' | 'timeoutMs'>> = {},
  ) {
    const { engine } = fixture
    const [release] = state.releases
    if (!release) throw new Error('nothing is wanted')
    await engine.apply(state)
    const { environment, generation } = state
    await untilReady({
      ...options,
      engine,
      environment,
      generation,
      release,
      signal: AbortSignal.timeout(30_000),
    })
    return engine.instances(environment)
  }
})

/** Its start may take a third of a second; it has recovered when it was asked whether it does so many times. */
function recovering(command: string, rounds: number): ServiceState {
  const check = { command: ['sh', '-c', `[ "$(cat data/rounds | wc -l)" -ge ${rounds} ]`], kind: 'exec' } as const
  const mounts = [{ path: 'data', source: 'shared', sourcePath: '', volume: 'data' }] as const
  return serviceState({
    launch: launchSpec({ command: `touch data/rounds; ${command}`, mounts }),
    probes: {
      startup: { check, failureThreshold: 3, initialDelayMs: 0, periodMs: 100, successThreshold: 1, timeoutMs: 5000 },
    },
    recovering: ['sh', '-c', 'echo >>data/rounds'],
  })
}
