import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import * as z from 'zod/mini'
import type { EnvironmentSpec, ManagedServiceSpec } from '../../src/lib/config/environment-spec.ts'
import { createId } from '../../src/lib/core/ids.ts'
import type { Activity } from '../../src/lib/core/model.ts'
import type { StepMoment } from '../../src/lib/platform/activities/port.ts'
import type { CreateBackupInput, RestoreInput } from '../../src/lib/platform/backups/port.ts'
import { checkContents } from '../../src/lib/platform/backups/unpack.ts'
import { openParts, type Parts } from '../../src/lib/platform/parts.ts'
import type { Level } from '../../src/lib/platform/engine/process/isolation/probe.ts'
import { reconcile } from '../../src/lib/platform/reconcile.ts'
import { removeTree } from '../../src/lib/platform/remove-tree.ts'
import { findServiceType } from '../../src/lib/platform/services/catalogue.ts'
import type { ServiceType } from '../../src/lib/platform/services/port.ts'
import type { BackupRecord, ManagedServiceRecord } from '../../src/lib/platform/store/port.ts'
import { resolveHome } from '../../src/lib/protocol/home.ts'
import { deploymentOf } from '../contract/store/records.ts'
import { NODE_BIN } from './process-engine.ts'
import { resticProblems } from './restic.ts'
import { applicationSpec, environmentSpec } from './specs.ts'
import { toyDatabase } from './toy-database.ts'

/**
 * Writes, deletes and lists files of its volume, but for large ones. `/churn` makes it write and delete files and words that refer to each other
 * for ever, one after the other: first the file, then the word; first the word goes, then the file. It answers with the
 * longest time between two of them.
 */
const APP = `
const fs = require('node:fs')
const net = require('node:net')
let [longest, churning] = [0, false]
const say = ({ host, password, port }, what) => new Promise((resolve, reject) => {
  const socket = net.connect(port, host).on('error', reject).on('close', resolve).resume()
  socket.end(password + ' ' + what + '\\n')
})
async function churn(place) {
  churning = true
  for (let [row, last] = [0, Date.now()]; ; row++) {
    fs.writeFileSync('uploads/row-' + row, 'x'.repeat(20000))
    await say(place, 'add row-' + row)
    if (row % 3 === 2) {
      await say(place, 'remove row-' + (row - 1))
      fs.rmSync('uploads/row-' + (row - 1))
    }
    longest = Math.max(longest, Date.now() - last)
    last = Date.now()
  }
}
require('node:http').createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url, 'http://x')
  const file = 'uploads/' + (searchParams.get('name') ?? '')
  if (pathname === '/churn') {
    if (!churning) void churn(Object.fromEntries(searchParams))
    response.end(JSON.stringify({ longest: String(longest) }))
    longest = 0
    return
  }
  if (pathname === '/write') fs.writeFileSync(file, searchParams.get('text'))
  if (pathname === '/delete') fs.rmSync(file)
  response.end(JSON.stringify(Object.fromEntries(fs.readdirSync('uploads').filter(name => fs.statSync('uploads/' + name).size < 1e6).map(name => [name, fs.readFileSync('uploads/' + name, 'utf8')]))))
}).listen(process.env.PORT)
process.on('SIGTERM', () => process.exit(0))
`

export interface TestEnvironment {
  readonly id: string
  readonly name: string
  readonly project: string
}

/** A platform in this process, with environments that have a small application with a volume. */
export class BackupPlatform {
  readonly root: string
  /** Beside those of the catalogue. */
  readonly types: ServiceType[] = [toyDatabase]
  /** A program in the place of the system's restic. */
  restic: string | undefined
  readonly #environments: TestEnvironment[] = []
  #parts: Parts | undefined

  readonly #isolation: Level | undefined

  /** `root`: of one that an earlier process opened. */
  constructor(root?: string, isolation?: Level) {
    this.#isolation = isolation
    this.root = root ?? mkdtempSync(join(tmpdir(), 'aloft-backups-'))
    chmodSync(this.root, 0o711)
  }

  get parts(): Parts {
    if (!this.#parts) throw new Error('the platform is not open')
    return this.#parts
  }

  async open(onStep?: (activity: string, step: string, moment: StepMoment) => void): Promise<void> {
    const { restic } = this
    const parts = openParts({
      findRestic: restic === undefined ? undefined : async () => restic,
      findServiceType: name => this.types.find(type => type.name === name) ?? findServiceType(name),
      home: resolveHome({ ALOFT_HOME: this.root }),
      isolation: this.#isolation,
      log: pino({ level: 'silent' }),
      onStep,
      version: '0.0.0',
    })
    this.#parts = parts
    Object.assign(parts.edgePorts, await parts.deps.routing.publish())
    const app = join(parts.deps.layout.artifacts, 'bld_web', 'app')
    mkdirSync(join(app, 'uploads'), { recursive: true })
    writeFileSync(join(app, 'server.js'), APP)
  }

  /** As the next platform begins. */
  async takeUp(): Promise<void> {
    const { activities, backups, deps, onError } = this.parts
    await reconcile(deps, activities, onError)
    await backups.clean()
    await activities.resume()
  }

  async close(): Promise<void> {
    const { activities, audit, deps } = this.parts
    await activities.close(0)
    deps.routing.close()
    await deps.engine.close()
    await deps.edge.close()
    audit.close()
    deps.store.close()
    this.#parts = undefined
  }

  async dispose(): Promise<void> {
    if (!this.#parts) await this.open()
    const { edge, engine } = this.parts.deps
    for (const { id } of this.#environments) await engine.remove(id)
    await engine.stopAll()
    await edge.stop()
    await this.close()
    await removeTree(this.root)
  }

  /** One that something else makes; disposed of with the platform. */
  adopt(environment: TestEnvironment): TestEnvironment {
    this.#environments.push(environment)
    return environment
  }

  /** A project with one environment, in which the application and these services (name -> type) run. */
  async deploy(
    project: string,
    services: Readonly<Record<string, string>>,
    spec: Partial<EnvironmentSpec> = {},
  ): Promise<TestEnvironment> {
    const { store } = this.parts.deps
    const { id: projectId } = store.projects.create({ name: project })
    const { id } = store.environments.create({ name: 'main', project: projectId, type: 'production' })
    const environment = { id, name: 'main', project }
    this.#environments.push(environment)
    const deployment = createId('dep')
    const application = applicationSpec('web', {
      mounts: [{ path: 'uploads', source: 'shared', sourcePath: '', volume: 'uploads' }],
      stop: { graceMs: 1000 },
    })
    const managed = Object.entries(services).map(([name, type]): ManagedServiceSpec => ({
      configuration: {},
      name,
      type,
    }))
    store.deployments.create({
      ...deploymentOf({ environment: id, id: deployment, project: projectId }),
      builds: { web: { id: 'bld_web', path: [NODE_BIN] } },
      formation: [],
      spec: { ...environmentSpec([application]), services: managed, ...spec },
    })
    const source = { deployment, kind: 'deployment', rebuild: false, variables: 'then' }
    const input = {
      buildOnly: false,
      deployment: createId('dep'),
      environment: id,
      message: '',
      project: projectId,
      source,
    }
    const { error, result } = await this.run('deploy', environment, input)
    if (result !== 'success') throw new Error(`the deployment of ${project} failed: ${JSON.stringify(error)}`)
    return environment
  }

  async backUp(
    of: TestEnvironment,
    over: Partial<CreateBackupInput> = {},
  ): Promise<{ activity: Activity; backup: BackupRecord }> {
    const backup = createId('bkp')
    const input = {
      backup,
      consistency: 'consistent',
      environment: of.id,
      keep: false,
      only: [],
      reason: 'manual',
      ...over,
    }
    const activity = await this.run('backup.create', of, input)
    const record = this.parts.deps.store.backups.get(backup)
    if (!record) throw new Error(`no record of the backup: ${JSON.stringify(activity)}`)
    return { activity, backup: record }
  }

  restore(backup: string, to: TestEnvironment, over: Partial<RestoreInput> = {}): Promise<Activity> {
    const input = { backup, environment: to.id, only: [], rename: {}, safetyBackup: true, ...over }
    return this.run('restore', to, input)
  }

  verify(backup: string): Promise<Activity> {
    return this.run('backup.verify', undefined, { backup })
  }

  start(type: string, of: TestEnvironment | undefined, input: unknown): string {
    const names = of && { environment: of.name, project: of.project }
    return this.parts.activities.start({
      createdBy: 'test',
      ...names,
      prepare: () => ({ description: type, input }),
      type,
    }).id
  }

  run(type: string, of: TestEnvironment | undefined, input: unknown): Promise<Activity> {
    return this.finished(this.start(type, of, input))
  }

  async finished(id: string): Promise<Activity> {
    let latest: Activity | undefined
    for await (latest of this.parts.activities.watch(id, AbortSignal.timeout(60_000)));
    if (latest?.state !== 'finished') throw new Error(`not finished: ${JSON.stringify(latest)}`)
    return latest
  }

  service(of: TestEnvironment, name: string): ManagedServiceRecord {
    const found = this.parts.deps.store.managedServices.get(of.id, name)
    if (!found) throw new Error(`there is no record of ${name}`)
    return found
  }

  /** What the application answers: name -> content of its files. */
  async ask(of: TestEnvironment, path = '/'): Promise<Record<string, string>> {
    const instances = await this.parts.deps.engine.instances(of.id)
    const web = instances.find(({ service, state }) => service === 'web' && state === 'ready')
    const answer = await fetch(`http://${web?.endpoint}${path}`)
    return z.parse(z.record(z.string(), z.string()), await answer.json())
  }

  /** What the client of a service prints, with options of its own. @throws what it says when it fails */
  async client(
    of: TestEnvironment,
    name: string,
    { input, options = [] }: { readonly input: string; readonly options?: readonly string[] | undefined },
  ): Promise<string> {
    const target = (await this.parts.deps.services.targets(of.id)).get(name)
    const client = target?.type.client?.(target.place)
    if (!target || !client) throw new Error(`there is no client of ${name}`)
    const [program = '', ...args] = client.command
    const path = [...target.place.installed.path, process.env['PATH']].join(':')
    // the first option of MariaDB's has to be the first, the database the last
    const all = [...args.slice(0, 1), ...options, ...args.slice(1)]
    return execFileSync(program, all, { encoding: 'utf8', env: { PATH: path, ...client.variables }, input })
  }

  write(of: TestEnvironment, name: string, text: string): Promise<Record<string, string>> {
    return this.ask(of, `/write?${new URLSearchParams({ name, text }).toString()}`)
  }

  /**
   * What is wrong with what lies on disk: backups that are neither good nor gone, parts of nobody, volumes that were forgotten,
   * what restic left. Of the newest backups all bytes are read.
   */
  async problems(): Promise<string[]> {
    const { backups, deps } = this.parts
    const signal = AbortSignal.timeout(60_000)
    await backups.deps.parts.tidy(signal)
    const { layout, store } = deps
    const all = store.backups.list({})
    const complete = all.filter(({ state }) => state === 'complete')
    const newest = new Set(complete.slice(0, 2))
    const broken = await Promise.all(
      complete.map(async backup => {
        try {
          await backups.backups.bundle(backup.id)
          if (newest.has(backup)) await checkContents(backups.deps, backup.manifest?.parts ?? [], signal)
          return []
        } catch (error) {
          return `${backup.id}: ${String(error)}`
        }
      }),
    )
    const needed = new Set(complete.flatMap(({ manifest }) => manifest?.parts.map(({ sha256 }) => sha256) ?? []))
    const parts = readdirSync(join(layout.backups, 'parts'), { encoding: 'utf8', recursive: true })
    const directories = readdirSync(join(layout.home.data, 'environments'))
    const volumes = this.#environments.flatMap(({ id }) => readdirSync(layout.volumes(id)))
    return [
      ...broken.flat(),
      ...all.filter(({ state }) => state === 'running').map(({ id }) => `${id} is running for ever`),
      ...parts
        .filter(path => path.length > 60 && !needed.has(path.replace('/', '')))
        .map(path => `${path} is nobody's`),
      ...resticProblems(join(layout.backups, 'restic'), needed),
      ...directories.filter(name => name.startsWith('verify-')).map(name => `${name} was not removed`),
      ...volumes.filter(name => name.includes('~')).map(name => `the volume ${name} was left`),
    ]
  }
}
