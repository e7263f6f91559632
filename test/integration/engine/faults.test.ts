import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readFile, readdir } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { lockOwner } from '../../../src/lib/platform/engine/process/keeper/lock.ts'
import { isAlive, membersOf, processTable } from '../../../src/lib/platform/engine/process/process-tree.ts'
import { describeLevels } from '../../helpers/engine-levels.ts'
import {
  allReady,
  ask,
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

await describeLevels('faults', level => {
  let fixture: EngineFixture
  beforeEach(async () => {
    fixture = await createFixture({ level })
    await fixture.writeArtifact('art', { 'server.js': SERVER })
  })
  afterEach(() => fixture.dispose())

  const keeper = (): number | undefined => lockOwner(fixture.layout.keeper(ENV))?.pid
  const logText = async (): Promise<string> => {
    const directory = join(fixture.layout.logs(ENV), 'app')
    const names = (await readdir(directory)).toSorted()
    return (await Promise.all(names.map(name => readFile(join(directory, name), 'utf8')))).join('')
  }

  test('an instance that is killed comes back on the same port', async () => {
    const { engine } = fixture
    await engine.apply(desired(ENV, [serviceState({ count: 2 })]))
    const [before] = await until(engine, ENV, allReady(2))
    kill(before?.pid)
    const after = await until(engine, ENV, found => allReady(2)(found) && found.every(({ pid }) => pid !== before?.pid))
    const again = after.find(({ id }) => id === before?.id)
    expect(again).toMatchObject({ endpoint: before?.endpoint, restarts: 1 })
    expect((await ask(again)).env['PORT']).toBe(before?.endpoint?.split(':')[1])
    await untilTrue(async () => (await logText()).includes('was killed by SIGKILL'), 'the log says so')
  })

  test('a keeper that is killed comes back with its instances: none twice, none left behind', async () => {
    const { engine } = fixture
    const launch = launchSpec({ command: 'setsid sleep 300 & node server.js' })
    await engine.apply(desired(ENV, [serviceState({ count: 2, launch })]))
    const before = await until(engine, ENV, allReady(2))
    const old = membersOf({ marker: `ALOFT_INSTANCE=${ENV}/` })
    kill(keeper())
    const isNew = (pid: number | undefined): boolean => before.every(instance => instance.pid !== pid)
    const after = await until(engine, ENV, found => allReady(2)(found) && found.every(({ pid }) => isNew(pid)))
    expect(after.map(({ endpoint }) => endpoint)).toEqual(before.map(({ endpoint }) => endpoint))
    expect(members().filter(pid => old.includes(pid))).toEqual([])
    await untilTrue(() => members().length === old.length, 'as many processes as before')
  })

  test('when the platform is killed the keeper goes on, restarts what crashes and logs; another engine takes over', async () => {
    const platform = await startPlatform(fixture, level)
    await untilTrue(
      async () => (await fixture.engine.instances(ENV)).some(({ state }) => state === 'ready'),
      'it runs',
      20_000,
    )
    const [before] = await fixture.engine.instances(ENV)
    await fixture.engine.close()
    platform.kill('SIGKILL')
    await once(platform, 'exit')
    kill(before?.pid)
    await untilTrue(
      async () =>
        ask(before).then(
          ({ pid }) => pid > 0,
          () => false,
        ),
      'it answers again',
    )
    const engine = fixture.restart()
    const [after] = await until(engine, ENV, found => allReady(1)(found) && found[0]?.restarts === 1)
    expect(after?.endpoint).toBe(before?.endpoint)
    expect(await logText()).toContain('was killed by SIGKILL')
  })

  test('a job goes on when the platform is killed, and whoever asks again gets all its lines and its one result', async () => {
    const platform = await startPlatform(fixture, level, 'job')
    const file = join(fixture.layout.volumes(ENV), 'files', '_', 'runs')
    await untilTrue(
      async () =>
        readFile(file, 'utf8').then(
          text => text === 'run\n',
          () => false,
        ),
      'the job runs',
      20_000,
    )
    platform.kill('SIGKILL')
    await once(platform, 'exit')
    const { lines, result } = await runJob(fixture.restart(), platformJob())
    expect({ lines: lines.map(({ text }) => text), result }).toEqual({
      lines: ['first', 'second'],
      result: { exitCode: 6, kind: 'exited' },
    })
    expect(await readFile(file, 'utf8')).toBe('run\n')
  })

  test('a job whose keeper is killed is lost, its processes are ended, and it never runs again', async () => {
    const { engine } = fixture
    const job = jobSpec('lost', { command: 'echo begun; sleep 300' })
    const running = engine.run(job, AbortSignal.timeout(25_000))
    expect(await running.next()).toMatchObject({ value: { text: 'begun' } })
    kill(keeper())
    expect(await running.next()).toEqual({ done: true, value: { kind: 'lost' } })
    expect(membersOf({ marker: `ALOFT_INSTANCE=${ENV}/job` })).toEqual([])
    expect((await runJob(engine, job)).result).toEqual({ kind: 'lost' })
  })

  test('a volume whose removal was cut off is gone, and those beside it stay', async () => {
    const { engine, layout } = fixture
    const volumes = layout.volumes(ENV)
    expect((await runJob(engine, platformJob())).result).toMatchObject({ exitCode: 6 })
    const pid = keeper()
    kill(pid)
    await untilTrue(() => lockOwner(layout.keeper(ENV))?.pid !== pid || !processTable().has(pid ?? 0), 'it is gone')
    await mkdir(join(volumes, 'old~gone', '_'), { recursive: true })
    const read = platformJob()
    const { lines } = await runJob(engine, {
      ...read,
      id: 'read',
      launch: { ...read.launch, command: 'cat data/runs' },
    })
    expect(lines.map(({ text }) => text)).toEqual(['run'])
    expect(await readdir(volumes)).toEqual(['files'])
  })

  test('stopping lets an application finish, then ends what does not', async () => {
    const { engine } = fixture
    const command = `node -e 'process.on("SIGTERM",()=>setTimeout(()=>{console.log("finished");process.exit(0)},300)); console.log("up"); setInterval(()=>{},1000)' && echo never`
    const { listen: _listen, ...launch } = launchSpec({ command })
    const stubborn = { ...launch, command: 'trap "" TERM; while :; do sleep 0.1; done' }
    await engine.apply(
      desired(ENV, [
        serviceState({ kind: 'worker', launch, name: 'polite' }),
        serviceState({ graceMs: 500, kind: 'worker', launch: stubborn, name: 'stubborn' }),
      ]),
    )
    await until(engine, ENV, allReady(2))
    await untilTrue(async () => (await logText()).includes('"up"'), 'it has started')
    await engine.apply(desired(ENV, []))
    await until(engine, ENV, found => found.length === 0)
    const text = await logText()
    expect(text).toContain('"finished"')
    expect(text).not.toContain('"never"')
    expect(membersOf({ marker: `ALOFT_INSTANCE=${ENV}/` })).toEqual([])
  })

  test('uses another port when its own is taken by another program, and the one an application insists on', async () => {
    const { engine } = fixture
    const launch = launchSpec({ command: 'sleep 0.5; exec node server.js' })
    await engine.apply(desired(ENV, [serviceState({ launch })]))
    const [before] = await until(engine, ENV, allReady(1))
    const port = Number(before?.endpoint?.split(':')[1])
    kill(before?.pid)
    const thief = createServer()
    await untilTrue(() => occupies(thief, port), 'the port is taken while the application starts')
    const free = createServer().listen(0, '127.0.0.1')
    await once(free, 'listening')
    const address = free.address()
    const other = typeof address === 'object' && address ? address.port : 0
    free.close()
    await engine.apply(
      desired(ENV, [
        serviceState({ launch }),
        serviceState({
          launch: launchSpec({
            listen: { expectedPort: other, family: 'tcp' },
            variables: { LISTEN_ON: String(other) },
          }),
          name: 'fixed',
        }),
      ]),
    )
    const after = await until(
      engine,
      ENV,
      found => allReady(2)(found) && found.every(({ endpoint }) => endpoint !== before?.endpoint),
    )
    thief.close()
    const endpointOf = (service: string): string | undefined => after.find(found => found.service === service)?.endpoint
    expect(endpointOf('web')).not.toBe(before?.endpoint)
    expect(endpointOf('fixed')).toBe(`127.0.0.1:${other}`)
    await untilTrue(async () => (await logText()).includes('in use by another program'), 'the log says so')
    expect(await logText()).toContain(`listens on port ${other}, not on PORT`)
  })

  test('a keeper with nothing to do ends itself, and comes back when it is needed', async () => {
    await fixture.dispose()
    fixture = await createFixture({ idleMs: 300, level })
    await fixture.writeArtifact('art', { 'server.js': SERVER })
    await runJob(fixture.engine, jobSpec('one'))
    const first = lockOwner(fixture.layout.keeper(ENV))
    await untilTrue(() => first !== undefined && !isAlive(first), 'the keeper has ended')
    expect(await fixture.engine.instances(ENV)).toEqual([])
    expect((await runJob(fixture.engine, jobSpec('one', { command: 'exit 1' }))).result).toMatchObject({
      exitCode: 0,
    })
  })
})

function members(): number[] {
  return membersOf({ marker: `ALOFT_INSTANCE=${ENV}/` })
}

function kill(pid: number | undefined): void {
  if (pid === undefined) throw new Error('there is no process to kill')
  process.kill(pid, 'SIGKILL')
}

async function occupies(server: Server, port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  server.once('error', () => resolve(false))
  server.listen(port, '127.0.0.1', () => resolve(true))
  return promise
}

function platformJob(): ReturnType<typeof jobSpec> {
  const { listen: _listen, ...launch } = launchSpec({
    command: 'echo run >> data/runs; echo first; sleep 1.5; echo second; exit 6',
    mounts: [{ path: 'data', source: 'shared', sourcePath: '', volume: 'files' }],
  })
  return jobSpec('survivor', { launch })
}

/** An engine in a process of its own. */
async function startPlatform({ layout }: EngineFixture, level: string, task = 'instance'): Promise<ChildProcess> {
  const script = fileURLToPath(new URL('fixtures/platform.ts', import.meta.url))
  const state = task === 'job' ? platformJob() : desired(ENV, [serviceState()])
  const child = spawn(process.execPath, [script, dirname(layout.home.data), level, task, JSON.stringify(state)], {
    env: { ...process.env, PLANTED: 'secret of the platform' },
    stdio: 'inherit',
  })
  await once(child, 'spawn')
  return child
}
