import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { environmentLane } from '../../../src/lib/platform/deploy/deploy-activity.ts'
import { openParts, type Parts } from '../../../src/lib/platform/parts.ts'
import type { Call } from '../../../src/lib/platform/server/handlers.ts'
import { callDeps } from '../../../src/lib/platform/server/calls/deps.ts'
import { deploymentCalls } from '../../../src/lib/platform/server/calls/deployments.ts'
import { environmentCalls } from '../../../src/lib/platform/server/calls/environments.ts'
import { serviceCalls } from '../../../src/lib/platform/server/calls/services.ts'
import { variableCalls } from '../../../src/lib/platform/server/calls/variables.ts'
import type { BodyOf, CallName } from '../../../src/lib/protocol/api.ts'
import { resolveHome } from '../../../src/lib/protocol/home.ts'
import { deploymentOf } from '../../contract/store/records.ts'
import { applicationSpec, environmentSpec } from '../../helpers/specs.ts'
import { storeDirectory } from '../build/store-directory.ts'

const PARAMS = { activity: '', environment: 'main', project: 'shop', token: '' }

describe('a request that is repeated with its key, because the answer was lost', () => {
  let root: string
  let parts: Parts
  let environment: string
  let tree: string

  beforeEach(async () => {
    root = mkdtempSync(join(tmpdir(), 'aloft-keys-'))
    const home = resolveHome({ ALOFT_HOME: join(root, 'home') })
    parts = openParts({ home, log: pino({ level: 'silent' }), version: '0.0.0' })
    const source = join(root, 'source')
    mkdirSync(source)
    writeFileSync(join(source, 'index.html'), 'hello')
    tree = await storeDirectory(source, parts.sources)
    const { store } = parts.deps
    const project = store.projects.create({ name: 'shop' }).id
    environment = store.environments.create({ name: 'main', project, type: 'production' }).id
    holdLane(project)
  })
  afterEach(async () => {
    await parts.activities.close(0)
    await parts.deps.engine.close()
    await parts.deps.edge.close()
    parts.audit.close()
    parts.deps.store.close()
    rmSync(root, { force: true, recursive: true })
  })

  it('deploys once, and leaves variables alone that were changed since', async () => {
    const { deploy } = deploymentCalls(callDeps(parts))
    const body = { input: { kind: 'tree', tree }, variables: { COLOUR: 'red' } } as const
    const first = await deploy(request('deploy', body))
    const scope = { environment, project: projectId() }
    parts.deps.store.variables.set(scope, { ...variable('COLOUR'), value: 'green' })

    expect((await deploy(request('deploy', body))).id).toBe(first.id)

    expect(parts.deps.store.variables.get(scope, 'COLOUR')?.value).toBe('green')
    expect(() => deploy(request('deploy', { ...body, message: 'other' }))).toThrow(
      expect.objectContaining({ code: 'conflict.changed' }),
    )
  })

  it('scales once, although the formation is no longer the one that was to be changed', async () => {
    makeLive()
    const { formation, scale } = serviceCalls(callDeps(parts))
    const { tag } = await formation(request('formation', {}))
    const body = { ifCurrent: tag, services: [{ count: 3, service: 'web' }] }
    const first = await scale(request('scale', body))
    parts.deps.store.deployments.update('dep_live', { formation: [{ count: 3, service: 'web' }] })

    expect((await scale(request('scale', body))).id).toBe(first.id)
  })

  it('restarts once, although another release with other services is live now', async () => {
    makeLive()
    const { restart } = serviceCalls(callDeps(parts))
    const first = await restart(request('restart', { services: [] }))
    makeLive('dep_other', 'api')

    expect((await restart(request('restart', { services: [] }))).id).toBe(first.id)
  })

  it('deletes once, although there is nothing left to delete', async () => {
    const { deleteEnvironment } = environmentCalls(callDeps(parts))
    const first = await deleteEnvironment(request('deleteEnvironment', {}))
    parts.deps.store.environments.delete(environment)

    expect((await deleteEnvironment(request('deleteEnvironment', {}))).id).toBe(first.id)
  })

  it('rolls back once, although the environment is gone', async () => {
    makeLive('dep_before')
    makeLive()
    const { rollback } = deploymentCalls(callDeps(parts))
    const first = await rollback(request('rollback', {}))
    parts.deps.store.environments.delete(environment)

    expect((await rollback(request('rollback', {}))).id).toBe(first.id)
  })

  it('changes variables together with the activity that applies them, or not at all', async () => {
    makeLive()
    const { changeVariables } = variableCalls(callDeps(parts))
    const body = { set: [{ ...variable('COLOUR'), value: 'red' }], unset: [] }
    await parts.activities.close(0)

    expect(() => changeVariables(request('changeVariables', body))).toThrow(
      expect.objectContaining({ code: 'unavailable.platform' }),
    )

    expect(parts.deps.store.variables.get({ environment, project: projectId() }, 'COLOUR')).toBeUndefined()
  })

  /** So that nothing that is started here goes beyond its record. */
  function holdLane(project: string): void {
    parts.activities.register({
      input: { parse: value => value },
      lanes: () => [environmentLane(environment), `build:${project}`].map(lane => ({ capacity: 1, lane })),
      run: async context => {
        await context.inLane(`build:${project}`, () =>
          context.inLane(environmentLane(environment), () => new Promise<never>(() => undefined)),
        )
      },
      type: 'hold',
    })
    parts.activities.start({
      createdBy: 'test',
      prepare: () => ({ description: 'hold', input: {} }),
      type: 'hold',
    })
  }

  function projectId(): string {
    return parts.deps.store.projects.find('shop')?.id ?? ''
  }

  function makeLive(id = 'dep_live', application = 'web'): void {
    const { deployments } = parts.deps.store
    const spec = environmentSpec([applicationSpec(application)])
    deployments.create({ ...deploymentOf({ environment, id, project: projectId() }), formation: [], spec })
    deployments.makeLive(id)
  }
})

function request<Name extends CallName>(_name: Name, body: BodyOf<Name>): Call<Name> {
  const signal = new AbortController().signal
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- none of these calls has a query
  return {
    body,
    key: 'again',
    params: PARAMS,
    principal: { access: 'owner', user: 'me' },
    query: {},
    signal,
  } as Call<Name>
}

function variable(name: string) {
  return { name, secret: false, visibleAtBuild: false, visibleAtRuntime: true }
}
