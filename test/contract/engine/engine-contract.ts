import getPort from 'get-port'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createId } from '../../../src/lib/core/ids.ts'
import type { JobSpec } from '../../../src/lib/platform/engine/port.ts'
import {
  allReady,
  ask,
  desired,
  ENV,
  type EngineFixture,
  jobSpec,
  launchSpec,
  runJob,
  SERVER,
  serviceState,
  until,
} from '../../helpers/process-engine.ts'
import { describeJobs } from './job-contract.ts'

const OTHER = createId('env')

export interface EngineUnderTest {
  readonly name: string
  readonly create: () => Promise<EngineFixture>
  /** Why it cannot run here. */
  readonly missing: string | undefined
}

/** What every engine must do, whatever it runs instances in. */
export function describeEngine({ create, missing, name }: EngineUnderTest): void {
  const prepare = async (): Promise<EngineFixture> => {
    const fixture = await create()
    await fixture.writeArtifact('art', { 'server.js': SERVER })
    return fixture
  }
  describe.skipIf(missing !== undefined)(`the engine ${name}${missing ? ` (skipped: ${missing})` : ''}`, () => {
    describeInstances(prepare)
    describeJobs(prepare)
  })
}

function describeInstances(prepare: () => Promise<EngineFixture>): void {
  describe('with instances', () => {
    let fixture: EngineFixture
    beforeEach(async () => {
      fixture = await prepare()
    })
    afterEach(() => fixture.dispose())

    test('runs as many instances as wanted, each with an endpoint that answers', async () => {
      const { engine } = fixture
      await engine.apply(desired(ENV, [serviceState({ count: 2 })]))
      const [first, second] = await until(engine, ENV, allReady(2))
      expect(first?.endpoint).not.toBe(second?.endpoint)
      expect((await ask(first)).env['PORT']).toBe(first?.endpoint?.split(':')[1])
    })

    test('changes nothing when the same is applied twice, or something older', async () => {
      const { engine } = fixture
      const older = desired(ENV, [serviceState({ count: 3 })])
      const state = desired(ENV, [serviceState()])
      await engine.apply(state)
      const [before] = await until(engine, ENV, allReady(1))
      await engine.apply(state)
      await engine.apply(older)
      const after = await engine.instances(ENV)
      expect(after.map(({ pid }) => pid)).toEqual([before?.pid])
    })

    test('scales up beside what runs and down from the highest ordinal', async () => {
      const { engine } = fixture
      await engine.apply(desired(ENV, [serviceState()]))
      const [first] = await until(engine, ENV, allReady(1))
      await engine.apply(desired(ENV, [serviceState({ count: 3 })]))
      const three = await until(engine, ENV, allReady(3))
      expect(three.map(({ id }) => id)).toEqual(['web.1', 'web.2', 'web.3'])
      expect(three[0]?.pid).toBe(first?.pid)
      await engine.apply(desired(ENV, [serviceState({ count: 1 })]))
      const one = await until(engine, ENV, allReady(1))
      expect(one[0]?.pid).toBe(first?.pid)
    })

    test('restarts instances one by one when the token changes, each on its endpoint', async () => {
      const { engine } = fixture
      await engine.apply(desired(ENV, [serviceState({ count: 2 })]))
      const before = await until(engine, ENV, allReady(2))
      const pids = new Set(before.map(({ pid }) => pid))
      await engine.apply(desired(ENV, [serviceState({ count: 2, restartToken: 'again' })]))
      let fewestReady = 2
      const after = await until(engine, ENV, instances => {
        fewestReady = Math.min(fewestReady, instances.filter(({ state }) => state === 'ready').length)
        return allReady(2)(instances) && instances.every(({ pid }) => !pids.has(pid))
      })
      expect(fewestReady).toBe(1)
      expect(new Set(after.map(({ endpoint }) => endpoint))).toEqual(new Set(before.map(({ endpoint }) => endpoint)))
    })

    test('keeps releases apart', async () => {
      const { engine } = fixture
      const both = desired(ENV, [serviceState()], 'dep_1')
      await engine.apply({
        ...both,
        releases: [...both.releases, { id: 'dep_2', services: [serviceState()], weight: 0 }],
      })
      const instances = await until(engine, ENV, allReady(2))
      expect(instances.map(({ id, release }) => `${release}/${id}`)).toEqual(['dep_1/web.1', 'dep_2/web.1'])
      await engine.apply(desired(ENV, [serviceState()], 'dep_2'))
      const left = await until(engine, ENV, allReady(1))
      expect(left[0]?.release).toBe('dep_2')
    })

    test('starts a crashed instance again and says what it printed last when it keeps crashing', async () => {
      const { engine } = fixture
      const launch = launchSpec({ command: 'echo cannot find the database; exit 7' })
      await engine.apply(desired(ENV, [serviceState({ launch })]))
      const [instance] = await until(engine, ENV, ([found]) => found?.state === 'backing-off' && found.restarts >= 2)
      expect(instance).toMatchObject({ exitCode: 7 })
      expect(instance?.lastLines?.at(-1)).toBe('cannot find the database')
    })

    test('runs the line before the start, and a worker without an endpoint', async () => {
      const { engine } = fixture
      const launch = launchSpec({ command: ['node', '-e', 'setInterval(() => {}, 1000)'] })
      const { listen: _listen, ...worker } = launch
      await engine.apply(
        desired(ENV, [
          serviceState({ kind: 'worker', launch: worker, name: 'worker' }),
          serviceState({ preStart: 'echo prepared > "$HOME/before"; test -f server.js' }),
        ]),
      )
      const instances = await until(engine, ENV, allReady(2))
      expect(instances.find(({ service }) => service === 'worker')?.endpoint).toBeUndefined()
    })

    test('an HTTP readiness probe decides', async () => {
      const { engine } = fixture
      const probe = { failureThreshold: 1, initialDelayMs: 0, periodMs: 100, successThreshold: 1, timeoutMs: 1000 }
      const command = `node -e 'let ok=0; require("http").createServer((q,r)=>{ if(q.url==="/turn"){ok=!ok;return r.end()} r.statusCode=q.url==="/ready"&&ok?200:503; r.end()}).listen(process.env.PORT)'`
      const readiness = { ...probe, check: { kind: 'http', path: '/ready' } } as const
      await engine.apply(desired(ENV, [serviceState({ launch: launchSpec({ command }), probes: { readiness } })]))
      const turn = async (): Promise<unknown> => {
        const [instance] = await engine.instances(ENV)
        return fetch(`http://${instance?.endpoint}/turn`)
      }
      await until(engine, ENV, ([found]) => found?.state === 'starting' && found.endpoint !== undefined)
      for (let isUp = false; !isUp;)
        isUp = await turn().then(
          () => true,
          () => false,
        )
      await until(engine, ENV, allReady(1))
      await turn()
      const [turned] = await until(engine, ENV, ([found]) => found?.state === 'unhealthy')
      expect(turned?.restarts).toBe(0)
    })

    test('a failing liveness probe restarts', async () => {
      const { engine } = fixture
      const probe = { failureThreshold: 2, initialDelayMs: 0, periodMs: 100, successThreshold: 1, timeoutMs: 1000 }
      const liveness = { ...probe, check: { command: ['false'], kind: 'exec' } } as const
      await engine.apply(desired(ENV, [serviceState({ probes: { liveness } })]))
      const [instance] = await until(engine, ENV, ([found]) => (found?.restarts ?? 0) >= 1)
      expect(instance?.id).toBe('web.1')
    })

    test('a managed service listens by itself, at an address of its own, beside the releases', async () => {
      const { engine } = fixture
      const probe = { failureThreshold: 3, initialDelayMs: 0, periodMs: 100, successThreshold: 1, timeoutMs: 1000 }
      const host = process.platform === 'linux' ? '127.9.8.7' : '127.0.0.1'
      const address = { host, port: await getPort({ host }) }
      const command = `sleep 0.3; exec node -e 'require("net").createServer(c=>c.end()).listen(${JSON.stringify(address)})'`
      const { listen: _listen, ...launch } = launchSpec({ command })
      const readiness = { ...probe, check: { ...address, kind: 'tcp' } } as const
      const liveness = { ...probe, check: { command: ['test', '-f', 'server.js'], kind: 'exec' } } as const
      const database = serviceState({ kind: 'managed', launch, name: 'database', probes: { liveness, readiness } })
      const services = { id: 'services', services: [database], weight: 0 }
      const first = desired(ENV, [serviceState()], 'dep_1')
      await engine.apply({ ...first, releases: [...first.releases, services] })
      const before = await until(engine, ENV, allReady(2))
      const next = desired(ENV, [serviceState()], 'dep_2')
      await engine.apply({ ...next, releases: [...next.releases, services] })
      const after = await until(engine, ENV, found => allReady(2)(found) && found[0]?.release === 'dep_2')
      const managed = [before, after].map(found => found.find(({ service }) => service === 'database'))
      expect(managed[1]).toMatchObject({ pid: managed[0]?.pid, restarts: 0, state: 'ready' })
      expect(managed[1]?.endpoint).toBeUndefined()
    })

    test('a process without a network reaches nothing, one with the host’s does, as the isolation level says', async () => {
      const { engine } = fixture
      const { cutsNetwork } = await engine.isolation()
      await engine.apply(desired(ENV, [serviceState()]))
      const [instance] = await until(engine, ENV, allReady(1))
      const [host, port] = instance?.endpoint?.split(':') ?? []
      const command = `node -e 'require("net").connect(${port},"${host}").on("connect",()=>process.exit(0)).on("error",()=>process.exit(9))'`
      const job = jobSpec('joined', { command })
      expect((await runJob(engine, job)).result).toMatchObject({ exitCode: 0 })
      const cut = jobSpec('cut-off', { launch: { ...job.launch, network: 'none' } })
      expect((await runJob(engine, cut)).result).toMatchObject({ exitCode: cutsNetwork ? 9 : 0 })
    })

    test('shared volumes are seen by all instances and outlive them, also at paths the artifact does not have', async () => {
      const { engine } = fixture
      const mounts = [{ path: 'var/data', source: 'shared', sourcePath: 'data', volume: 'files' }] as const
      const launch = launchSpec({ mounts })
      const { listen: _listen, ...job } = launch
      const write = jobSpec('write', { launch: { ...job, command: 'echo kept > var/data/file; ls' } })
      const written = await runJob(engine, write)
      expect(written.lines.map(({ text }) => text)).toEqual(['server.js', 'var'])
      const read = await runJob(engine, jobSpec('read', { launch: { ...job, command: 'cat var/data/file' } }))
      expect(read.lines[0]?.text).toBe('kept')
    })

    test('volumes are listed, copied into another environment for its user, and removed when nothing uses them', async () => {
      const { engine } = fixture
      const mounts = [
        { path: 'data', source: 'shared', sourcePath: '', volume: 'files' },
        { path: 'own', source: 'instance', sourcePath: 'x', volume: 'cache' },
      ] as const
      const { listen: _listen, ...launch } = launchSpec({ mounts })
      const job = (id: string, command: string, environment: string): JobSpec => ({
        ...jobSpec(id, { launch: { ...launch, command } }),
        environment,
      })
      const files = { as: 'files', name: 'files' }
      const run = async (id: string, command: string, environment = ENV): Promise<string | undefined> =>
        (await runJob(engine, job(id, command, environment))).lines[0]?.text
      await run('fill', 'head -c 1000000 /dev/zero > data/zeros; echo one > own/text; ln -s /etc data/out')
      await run('old', 'echo old > data/old; echo kept > own/text', OTHER)

      const volumes = await engine.volumes(ENV)
      expect(volumes.map(volume => [volume.name, volume.instance, volume.files])).toEqual([
        ['cache', 'web.1', 1],
        ['files', undefined, 2],
      ])
      expect(volumes[1]?.bytes).toBeGreaterThanOrEqual(1_000_000)
      expect(volumes[1]?.bytes).toBeLessThan(1_100_000)

      await engine.copyVolumes({ from: ENV, to: OTHER, volumes: [{ as: 'kept', name: 'absent' }, files] })
      const look = 'echo $(ls data) $(wc -c < data/zeros) $(cat own/text); echo more > data/more'
      expect(await run('look', look, OTHER)).toBe('out zeros 1000000 kept')

      await engine.apply(desired(ENV, [serviceState({ launch: launchSpec({ mounts }) })]))
      await until(engine, ENV, allReady(1))
      const refused = { code: 'conflict.volume-in-use' }
      await expect(engine.removeVolumes(ENV, ['files'])).rejects.toMatchObject(refused)
      await expect(engine.copyVolumes({ from: OTHER, to: ENV, volumes: [files] })).rejects.toMatchObject(refused)
      await engine.apply(desired(ENV, []))
      await engine.removeVolumes(ENV, ['files', 'absent'])
      expect((await engine.volumes(ENV)).map(volume => volume.name)).toEqual(['cache'])
      expect(await engine.volumes('env_x')).toEqual([])
    })

    test('what is frozen stands still until it is thawed; an environment it does not know has nothing to freeze', async () => {
      const { engine } = fixture
      await engine.apply(desired(ENV, [serviceState()]))
      const [instance] = await until(engine, ENV, allReady(1))
      const frozen = await engine.freeze(ENV, { maxMs: 20_000 })
      const answer = ask(instance)
      const first = await Promise.race([answer, new Promise(resolve => setTimeout(resolve, 200, 'nothing'))])
      expect(first).toBe('nothing')
      await frozen.thaw()
      expect(await answer).toMatchObject({ pid: expect.any(Number) })
      await (await engine.freeze(OTHER, { maxMs: 20_000 })).thaw()
    })

    test('an environment it does not know has no instances, and removing it succeeds', async () => {
      const { engine } = fixture
      expect(await engine.instances('env_x')).toEqual([])
      await engine.remove('env_x')
    })

    test('removing an environment ends what runs', async () => {
      const { engine } = fixture
      await engine.apply(desired(ENV, [serviceState()]))
      const [instance] = await until(engine, ENV, allReady(1))
      await engine.remove(ENV)
      expect(await engine.instances(ENV)).toEqual([])
      await expect(ask(instance)).rejects.toThrow('fetch failed')
    })

    test('a session needs an instance', async () => {
      await expect(fixture.engine.session({ environment: ENV, service: 'web', tty: false })).rejects.toMatchObject({
        code: 'not-found.instance',
      })
    })
  })
}
