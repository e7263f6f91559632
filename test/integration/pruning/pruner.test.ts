import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createBuilder } from '../../../src/lib/platform/build/builder.ts'
import { writeArtifact } from '../../../src/lib/platform/build/artifact-manifest.ts'
import { createLayout, type Layout } from '../../../src/lib/platform/layout.ts'
import { Pruner } from '../../../src/lib/platform/pruning/pruner.ts'
import { createSourceStore, type SourceStore } from '../../../src/lib/platform/source/source-store.ts'
import type { Store } from '../../../src/lib/platform/store/port.ts'
import { openSqliteStore } from '../../../src/lib/platform/store/sqlite/open.ts'
import { resolveHome } from '../../../src/lib/protocol/home.ts'
import { deploymentOf, newActivity } from '../../contract/store/records.ts'
import { MovedClock } from '../../helpers/moved-clock.ts'
import { createFixture, type EngineFixture } from '../../helpers/process-engine.ts'
import { storeDirectory } from '../build/store-directory.ts'

const DAY_MS = 24 * 3_600_000

describe('pruning', () => {
  let fixture: EngineFixture
  let layout: Layout
  let root: string
  let store: Store
  let sources: SourceStore
  let clock: MovedClock
  let project: string
  let environment: string
  const errors: unknown[] = []
  const pruners: Pruner[] = []

  beforeEach(async () => {
    fixture = await createFixture()
    root = mkdtempSync(join(tmpdir(), 'aloft-prune-'))
    layout = createLayout(resolveHome({ ALOFT_HOME: join(root, 'home') }))
    clock = new MovedClock()
    store = openSqliteStore({ database: layout.database, now: () => clock.now(), secretKey: layout.secretKey })
    sources = createSourceStore({ directory: layout.sources })
    project = store.projects.create({ name: 'shop' }).id
    environment = store.environments.create({ name: 'main', project, type: 'production' }).id
  })
  afterEach(async () => {
    for (const pruner of pruners.splice(0)) await pruner.close()
    store.close()
    rmSync(root, { force: true, recursive: true })
    await fixture.dispose()
    if (errors.length > 0) throw new AggregateError(errors.splice(0), 'pruning failed')
  })

  it('keeps for thirty days what was deployed, then what runs and the last twenty deployments', async () => {
    const made = []
    for (let index = 0; index < 25; index++) made.push(await deploy(index))
    const [first, ...later] = made
    store.deployments.makeLive(first?.id ?? '')
    start()

    await clock.pass(2 * DAY_MS)
    expect(stored()).toEqual(names(made))

    await clock.pass(31 * DAY_MS)
    expect(stored()).toEqual(names([first, ...later.slice(-20)]))
    await sources.materialise(first?.tree ?? '', '.', { target: join(root, 'out') })
  })

  it('keeps what an unfinished activity works with, and what was asked for lately', async () => {
    const [worked, asked, forgotten] = [await deploy(1), await deploy(2), await deploy(3)]
    for (let index = 10; index < 30; index++) await deploy(index)
    store.activities.create(newActivity({ input: { source: { deployment: worked.id, kind: 'deployment' } } }))
    clock.move(31 * DAY_MS)
    start()
    // asking gives it the machine's time, which does not move
    clock.touch(join(layout.sources, 'trees', asked.tree))

    await clock.pass(DAY_MS)

    expect(store.deployments.get(worked.id)).toBeDefined()
    expect(sources.hasTree(worked.tree)).toBe(true)
    expect(sources.hasTree(asked.tree)).toBe(true)
    expect(store.deployments.get(forgotten.id)).toBeUndefined()
    expect(sources.hasTree(forgotten.tree)).toBe(false)
  })

  it('makes good what a killed platform left half removed, and not more than once a day', async () => {
    const old = await deploy(1)
    for (let index = 10; index < 30; index++) await deploy(index)
    store.deployments.delete(old.id)
    store.builds.delete(project, old.build)
    mkdirSync(join(layout.artifacts, '.bld_half', 'app'), { recursive: true })
    clock.move(31 * DAY_MS)
    start()

    await clock.pass(3_600_000)
    expect(stored()).not.toContain(old.build)
    expect(readdirSync(layout.artifacts)).not.toContain('.bld_half')

    mkdirSync(join(layout.artifacts, '.bld_half'))
    await clock.pass(20 * 3_600_000)
    expect(readdirSync(layout.artifacts)).toContain('.bld_half')
    await clock.pass(5 * 3_600_000)
    expect(readdirSync(layout.artifacts)).not.toContain('.bld_half')
  })

  it('keeps what managed services run from as long as there is one of its type', async () => {
    const kits = [`svc-postgresql-${'0'.repeat(24)}`, `svc-redis-${'0'.repeat(24)}`]
    for (const kit of kits) {
      mkdirSync(join(layout.artifacts, kit), { recursive: true })
      writeFileSync(join(layout.artifacts, kit, 'manifest.json'), '{}')
    }
    store.managedServices.create({
      configuration: {},
      credentials: { password: 'p', username: 'main' },
      environment,
      host: '127.65.0.1',
      name: 'database',
      port: 5432,
      type: 'postgresql',
      version: '15.18',
    })
    clock.move(31 * DAY_MS)
    start()

    await clock.pass(DAY_MS)

    expect(stored()).toEqual([kits[0]])
  })

  function start(): void {
    const builder = createBuilder({ engine: fixture.engine, layout, sources })
    const pruner = new Pruner({ builder, clock, onError: error => errors.push(error), sources, store })
    pruners.push(pruner)
    pruner.start()
  }

  /** A tree of its own, a build of it, and a deployment of that build. */
  async function deploy(index: number): Promise<{ id: string; build: string; tree: string }> {
    const directory = join(root, 'source')
    mkdirSync(directory, { recursive: true })
    writeFileSync(join(directory, 'index.html'), `version ${index}`)
    const tree = await storeDirectory(directory, sources)
    const build = `bld_${String(index).padStart(24, '0')}`
    const id = `dep_${index}`
    const facts = { application: 'web', path: [], runtime: 'static', sizeBytes: 1, tree }
    mkdirSync(join(layout.artifacts, build, 'app'), { recursive: true })
    writeArtifact(join(layout.artifacts, build), {
      ...facts,
      createdAt: new Date(clock.now()).toISOString(),
      digest: '',
      files: 1,
      id: build,
      mountPoints: [],
      project,
      version: 1,
      warnings: [],
    })
    store.builds.put({ ...facts, id: build, project })
    store.deployments.create({
      ...deploymentOf({ environment, id, project }),
      builds: { web: { id: build, path: [] } },
      tree,
    })
    store.deployments.makeLive(id)
    return { build, id, tree }
  }

  /** Builds on disk. */
  function stored(): string[] {
    return readdirSync(layout.artifacts).toSorted()
  }
})

function names(made: readonly ({ build: string } | undefined)[]): string[] {
  return made.flatMap(each => each?.build ?? []).toSorted()
}
