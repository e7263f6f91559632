import { mkdirSync, mkdtempSync, rmSync, writeFileSync, chmodSync, existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ApplicationSpec, EnvironmentSpec, ManagedServiceSpec } from '../../../src/lib/config/environment-spec.ts'
import { createId } from '../../../src/lib/core/ids.ts'
import type { Activity } from '../../../src/lib/core/model.ts'
import type { EngineInstance } from '../../../src/lib/platform/engine/port.ts'
import { createLayout } from '../../../src/lib/platform/layout.ts'
import { openParts, type Parts } from '../../../src/lib/platform/parts.ts'
import { reconcile } from '../../../src/lib/platform/reconcile.ts'
import type { ManagedServiceRecord } from '../../../src/lib/platform/store/port.ts'
import { resolveHome } from '../../../src/lib/protocol/home.ts'
import { deploymentOf } from '../../contract/store/records.ts'
import { NODE_BIN } from '../../helpers/process-engine.ts'
import { applicationSpec, environmentSpec } from '../../helpers/specs.ts'
import { until } from '../../helpers/until.ts'
import { sayToToy, toyService } from '../../helpers/toy-service.ts'

/** Tells its service, where it has one, when it comes up and goes down; without an answer it fails. */
const SERVER = `
const { PORT, WORDS_HOST, WORDS_PASSWORD, WORDS_PORT } = process.env
const tell = word => new Promise((resolve, reject) => {
  if (!WORDS_HOST) return resolve()
  const socket = require('node:net').connect(Number(WORDS_PORT), WORDS_HOST)
  socket.on('error', reject).on('close', resolve).resume().end(WORDS_PASSWORD + ' add ' + word + '\\n')
})
tell('up').then(() => require('node:http').createServer((q, r) => r.end('ok')).listen(PORT))
process.on('SIGTERM', () => tell('down').then(() => process.exit(0)))
`

describe('managed services of an environment', () => {
  let root: string
  let parts: Parts
  let project: string
  let environment: string

  beforeEach(async () => {
    root = mkdtempSync(join(tmpdir(), 'aloft-services-'))
    chmodSync(root, 0o711)
    parts = await open()
    const { store } = parts.deps
    project = store.projects.create({ name: 'shop' }).id
    environment = store.environments.create({ name: 'main', project, type: 'production' }).id
    const app = join(createLayout(resolveHome({ ALOFT_HOME: root })).artifacts, 'bld_web', 'app')
    mkdirSync(app, { recursive: true })
    writeFileSync(join(app, 'server.js'), SERVER)
  })
  afterEach(async () => {
    for (const each of ['kits', environment]) await parts.deps.engine.remove(each)
    await close({ edge: true })
    rmSync(root, { force: true, recursive: true })
  })

  it('run before the applications, with an address and a password of their own, and go on through deploys', async () => {
    expect(await deploy([toy('words')])).toMatchObject({ result: 'success' })
    const first = await sayToToy(record('words'), 'add one')
    expect(record('words')).toMatchObject({ type: 'toy', version: '1.2' })
    const [service, web] = [await instanceOf('words'), await instanceOf('web')]
    expect(Date.parse(service?.startedAt ?? '')).toBeLessThan(Date.parse(web?.startedAt ?? ''))

    await deploy([toy('words')])
    expect(await sayToToy(record('words'), 'add two')).toEqual({ ...first, words: ['one', 'two'] })
    expect((await instanceOf('web'))?.release).not.toBe(web?.release)
  })

  it('are restarted when their own configuration changes, and when somebody asks, and keep their data', async () => {
    await deploy([toy('words'), toy('other')])
    const before = await sayToToy(record('words'), 'add one')
    const other = await sayToToy(record('other'), 'all')

    await deploy([toy('words', { greeting: 'good day' }), toy('other')])
    const after = await sayToToy(record('words'), 'all')
    expect(after).toMatchObject({ greeting: 'good day', words: ['one'] })
    expect(after.started).not.toBe(before.started)

    const web = await instanceOf('web')
    await run('restart', { environment, services: ['words'] })
    expect((await sayToToy(record('words'), 'all')).started).not.toBe(after.started)
    expect((await sayToToy(record('other'), 'all')).started).toBe(other.started)
    expect((await instanceOf('web'))?.pid).toBe(web?.pid)
  })

  it('that do not start fail the deploy, which goes back to the configuration of before', async () => {
    await deploy([toy('words')])
    const web = await instanceOf('web')

    const failed = await deploy([toy('words', { greeting: 'broken' })])

    expect(failed).toMatchObject({
      error: { code: 'failed.start', details: { phase: 'services', service: 'words' } },
      result: 'failure',
    })
    expect(failed.error?.details?.['lastLines']).toContain('this greeting is broken')
    expect(await sayToToy(record('words'), 'all')).toMatchObject({ greeting: 'hello' })
    expect((await instanceOf('web'))?.pid).toBe(web?.pid)
  })

  it('are deleted with their data by a deploy that has them no more, and come back empty by a rollback', async () => {
    await deploy([toy('words')])
    const { deployment } = parts.deps.store.environments.get(environment) ?? {}
    await sayToToy(record('words'), 'add one')
    const volume = join(parts.deps.layout.volumes(environment), 'words')
    expect(existsSync(volume)).toBe(true)

    expect(await deploy([])).toMatchObject({ result: 'success' })
    expect(existsSync(volume)).toBe(false)
    expect(parts.deps.store.managedServices.list(environment)).toEqual([])
    expect(await instanceOf('words')).toBeUndefined()

    const back = await run('rollback', deployInput(deployment ?? ''))
    expect(back).toMatchObject({ result: 'warning' })
    expect((await sayToToy(record('words'), 'all')).words).toEqual([])
  })

  it('keep their data where the cloud of the file keeps it', async () => {
    await deploy([toy('words')], { format: 'liferay' })
    await sayToToy(record('words'), 'add one')

    await deploy([], { format: 'liferay' })
    expect(await instanceOf('words')).toBeUndefined()

    await deploy([toy('words')], { format: 'liferay' })
    expect((await sayToToy(record('words'), 'all')).words).toEqual(['one'])
  })

  it('cannot become another type', async () => {
    await deploy([toy('words')])
    const { managedServices } = parts.deps.store
    const { createdAt: _, ...before } = record('words')
    managedServices.delete(environment, 'words')
    managedServices.create({ ...before, type: 'other' })

    expect(await deploy([toy('words')])).toMatchObject({ error: { code: 'conflict.service-type' }, phase: 'read' })
  })

  it('are stopped after the applications, and started before them when everything comes back', async () => {
    await deploy([toy('words')], { relationships: [{ endpoint: 'toy', name: 'words', service: 'words' }] })
    const known = record('words')
    await parts.deps.engine.stopAll()
    await expect(sayToToy(known, 'all')).rejects.toThrow('ECONNREFUSED')

    await close({ edge: false })
    parts = await open()
    await until('the application is back', async () => (await instanceOf('web')) !== undefined, 20_000)
    expect((await instanceOf('web'))?.restarts).toBe(0)
    expect((await sayToToy(known, 'all')).words).toEqual(['up', 'down', 'up'])
  })

  it('go on while the platform is away, and are taken up by the next', async () => {
    await deploy([toy('words')])
    const known = record('words')
    const before = await sayToToy(known, 'add one')
    await close({ edge: false })
    expect(await sayToToy(known, 'add two')).toMatchObject({ started: before.started })

    parts = await open()
    await reconcile(parts.deps, parts.activities, parts.onError)
    expect(await sayToToy(record('words'), 'all')).toEqual({ ...before, words: ['one', 'two'] })
  })

  async function open(): Promise<Parts> {
    const opened = openParts({
      findServiceType: name => (name === 'toy' ? toyService : undefined),
      home: resolveHome({ ALOFT_HOME: root }),
      log: pino({ level: 'silent' }),
      version: '0.0.0',
    })
    Object.assign(opened.edgePorts, await opened.deps.routing.publish())
    return opened
  }

  async function close({ edge }: { edge: boolean }): Promise<void> {
    const { deps } = parts
    await parts.activities.close(0)
    deps.routing.close()
    if (edge) await deps.edge.stop()
    await deps.engine.close()
    await deps.edge.close()
    parts.audit.close()
    deps.store.close()
  }

  /** Deploys an application beside these services, as an earlier deployment that is released again. */
  function deploy(
    services: readonly ManagedServiceSpec[],
    {
      format = 'aloft',
      relationships = [],
    }: Partial<Pick<EnvironmentSpec, 'format'> & Pick<ApplicationSpec, 'relationships'>> = {},
  ): Promise<Activity> {
    const { deployments } = parts.deps.store
    const id = createId('dep')
    const application = applicationSpec('web', { relationships, stop: { graceMs: 5000 } })
    deployments.create({
      ...deploymentOf({ environment, id, project }),
      builds: { web: { id: 'bld_web', path: [NODE_BIN] } },
      formation: [],
      spec: { ...environmentSpec([application]), format, services },
    })
    return run('deploy', deployInput(id))
  }

  function deployInput(deployment: string) {
    return {
      buildOnly: false,
      deployment: createId('dep'),
      environment,
      message: '',
      project,
      source: { deployment, kind: 'deployment', rebuild: false, variables: 'then' },
    }
  }

  async function run(type: string, input: unknown): Promise<Activity> {
    const { id } = parts.activities.start({
      createdBy: 'test',
      prepare: () => ({ description: type, input }),
      type,
    })
    let latest: Activity | undefined
    for await (latest of parts.activities.watch(id, AbortSignal.timeout(60_000)));
    if (latest?.state !== 'finished') throw new Error(`${type} did not finish: ${JSON.stringify(latest)}`)
    return latest
  }

  function record(name: string): ManagedServiceRecord {
    const found = parts.deps.store.managedServices.get(environment, name)
    if (!found) throw new Error(`there is no record of ${name}`)
    return found
  }

  async function instanceOf(service: string): Promise<EngineInstance | undefined> {
    const all = await parts.deps.engine.instances(environment)
    return all.find(instance => instance.service === service && instance.state === 'ready')
  }
})

function toy(name: string, configuration: ManagedServiceSpec['configuration'] = {}): ManagedServiceSpec {
  return { configuration, name, type: 'toy' }
}
