import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { membersOf, processTable } from '../../../src/lib/platform/engine/process/process-tree.ts'
import { describeLevels } from '../../helpers/engine-levels.ts'
import {
  allReady,
  createFixture,
  desired,
  ENV,
  type EngineFixture,
  jobSpec,
  launchSpec,
  runJob,
  SERVER,
  serviceState,
  until,
  untilTrue,
} from '../../helpers/process-engine.ts'

/** Appends a line to a file every few milliseconds, from a child process that left its group. */
const WRITE = `setsid sh -c 'while :; do echo x >> data/$0; sleep 0.01; done'`
/** What writes does not end when it is asked to. */
const graceMs = 100
const mounts = [{ path: 'data', source: 'shared', sourcePath: '', volume: 'files' }] as const

await describeLevels('freezing', level => {
  let fixture: EngineFixture
  beforeAll(async () => {
    fixture = await createFixture({ level })
    await fixture.writeArtifact('art', { 'server.js': SERVER })
  })
  afterAll(() => fixture.dispose())
  beforeEach(async () => {
    const { listen: _listen, ...quiet } = launchSpec({ command: `${WRITE} worker`, mounts })
    await fixture.engine.apply(
      desired(ENV, [
        serviceState({ graceMs, launch: launchSpec({ command: `${WRITE} web & exec node server.js`, mounts }) }),
        serviceState({ graceMs, kind: 'worker', launch: quiet, name: 'worker' }),
        serviceState({
          graceMs,
          kind: 'managed',
          launch: { ...quiet, command: `${WRITE} managed` },
          name: 'managed',
        }),
      ]),
    )
    await until(fixture.engine, ENV, allReady(3))
  })

  const size = (name: string): Promise<number> =>
    stat(join(fixture.layout.volumes(ENV), 'files', '_', name)).then(
      found => found.size,
      () => 0,
    )
  const grows = async (name: string): Promise<void> => {
    const before = await size(name)
    await untilTrue(async () => (await size(name)) > before, `${name} writes`)
  }
  /** Of each: whether it has written while the managed one wrote ten lines. */
  const written = async (...names: string[]): Promise<boolean[]> => {
    const before = await Promise.all(names.map(size))
    const managed = await size('managed')
    await untilTrue(async () => (await size('managed')) >= managed + 20, 'the managed service writes on')
    return (await Promise.all(names.map(size))).map((now, index) => now > (before[index] ?? 0))
  }

  test('stops all trees but the managed ones, hooks too, and lets them go on', async () => {
    const { engine } = fixture
    const { listen: _listen, ...launch } = launchSpec({ command: `${WRITE} hook`, mounts })
    const hook = runJob(engine, jobSpec('hook', { graceMs, launch }))
    await grows('hook')
    const frozen = await engine.freeze(ENV, { maxMs: 20_000 })
    expect(await written('web', 'worker', 'hook')).toEqual([false, false, false])
    const dump = await runJob(engine, jobSpec('dump', { launch: { ...launch, command: 'wc -l < data/web' } }))
    expect(dump.result).toEqual({ exitCode: 0, kind: 'exited' })
    await frozen.thaw()
    await frozen.thaw()
    for (const name of ['web', 'worker', 'hook']) await grows(name)
    expect(frozen.lost.aborted).toBe(false)
    await engine.cancel(ENV, 'hook')
    expect((await hook).result).toEqual({ kind: 'cancelled' })
  })

  test('stops the services that are named, and lets them go on when all have let go', async () => {
    const { engine } = fixture
    const first = await engine.freeze(ENV, { maxMs: 20_000, services: ['worker'] })
    const second = await engine.freeze(ENV, { maxMs: 20_000 })
    expect(await written('web', 'worker')).toEqual([false, false])
    await second.thaw()
    await grows('web')
    expect(await written('worker')).toEqual([false])
    await first.thaw()
    await grows('worker')
  })

  test('lets go after the time given, and says so', async () => {
    const frozen = await fixture.engine.freeze(ENV, { maxMs: 700 })
    await once(frozen.lost, 'abort')
    await grows('web')
    expect(isStill()).toBe(false)
    await frozen.thaw()
  })

  test('starts nothing meanwhile: neither what was killed nor what is new', async () => {
    const { engine } = fixture
    const frozen = await engine.freeze(ENV, { maxMs: 20_000 })
    const worker = (await engine.instances(ENV)).find(({ service }) => service === 'worker')
    if (worker?.pid === undefined) throw new Error('there is no worker')
    process.kill(worker.pid, 'SIGKILL')
    await until(engine, ENV, found => found.some(({ pid, service }) => service === 'worker' && pid === undefined))
    expect(await written('worker')).toEqual([false])
    await frozen.thaw()
    await until(engine, ENV, allReady(3))
    await grows('worker')
  })

  test('what is stopped for good while it is frozen ends gracefully', async () => {
    const { engine } = fixture
    const command = `trap 'echo bye > data/bye; exit 0' TERM; while :; do echo x >> data/polite; sleep 0.05; done`
    const { listen: _listen, ...launch } = launchSpec({ command, mounts })
    await engine.apply(desired(ENV, [serviceState({ graceMs: 15_000, kind: 'worker', launch, name: 'polite' })]))
    await until(engine, ENV, allReady(1))
    await grows('polite')
    const frozen = await engine.freeze(ENV, { maxMs: 20_000 })
    await engine.apply(desired(ENV, []))
    await until(engine, ENV, found => found.length === 0)
    await frozen.thaw()
    expect(await readFile(join(fixture.layout.volumes(ENV), 'files', '_', 'bye'), 'utf8')).toBe('bye\n')
  })

  test('probes that fail meanwhile do not count', async () => {
    const { engine } = fixture
    const probe = { failureThreshold: 1, initialDelayMs: 0, periodMs: 50, successThreshold: 1, timeoutMs: 100 }
    const check = { kind: 'http', path: '/' } as const
    const startup = { ...probe, check, failureThreshold: 400 }
    // no answer takes so long, even beside other tests
    const liveness = { ...probe, check, timeoutMs: 1500 }
    await engine.apply(desired(ENV, [serviceState({ graceMs, probes: { liveness, startup } })]))
    const [before] = await until(engine, ENV, allReady(1))
    const frozen = await engine.freeze(ENV, { maxMs: 20_000 })
    await new Promise(resolve => setTimeout(resolve, liveness.timeoutMs + 200))
    await frozen.thaw()
    await new Promise(resolve => setTimeout(resolve, 300))
    expect(await engine.instances(ENV)).toMatchObject([{ pid: before?.pid, restarts: 0, state: 'ready' }])
  })

  test('when the platform is killed they go on', async () => {
    const script = fileURLToPath(new URL('fixtures/platform.ts', import.meta.url))
    const options = JSON.stringify({ maxMs: 60_000 })
    const home = dirname(fixture.layout.home.data)
    const platform = spawn(process.execPath, [script, home, level, `freeze:${ENV}`, options], { stdio: 'inherit' })
    await untilTrue(isStill, 'it stands still')
    platform.kill('SIGKILL')
    await untilTrue(() => !isStill(), 'it goes on')
    await grows('web')
    expect(isStill()).toBe(false)
  })
})

function isStill(): boolean {
  const table = processTable()
  const web = membersOf({ marker: `ALOFT_INSTANCE=${ENV}/dep_1/web.1` }, table)
  return web.length > 0 && web.every(pid => table.get(pid)?.state === 'stopped')
}
