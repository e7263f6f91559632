import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import * as z from 'zod/mini'
import type { CronSpec } from '../../../src/lib/config/environment-spec.ts'
import type { Activity } from '../../../src/lib/core/model.ts'
import { createActivities } from '../../../src/lib/platform/activities/activities.ts'
import type { Activities } from '../../../src/lib/platform/activities/port.ts'
import { cronHandler } from '../../../src/lib/platform/crons/cron-activity.ts'
import { CronScheduler } from '../../../src/lib/platform/crons/scheduler.ts'
import { environmentLane } from '../../../src/lib/platform/deploy/deploy-activity.ts'
import { createLogWriter, DEFAULT_LOG_LIMITS } from '../../../src/lib/platform/logs/writer.ts'
import { findServiceType } from '../../../src/lib/platform/services/catalogue.ts'
import { createKits } from '../../../src/lib/platform/services/kits.ts'
import { createManagedServices } from '../../../src/lib/platform/services/managed-services.ts'
import type { Store } from '../../../src/lib/platform/store/port.ts'
import { openSqliteStore } from '../../../src/lib/platform/store/sqlite/open.ts'
import { createFixture, type EngineFixture, NODE_BIN } from '../../helpers/process-engine.ts'
import { applicationSpec, environmentSpec } from '../../helpers/specs.ts'
import { until } from '../../helpers/until.ts'

let directory: string
let store: Store
let fixture: EngineFixture
let activities: Activities
let crons: CronScheduler
const errors: unknown[] = []

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'aloft-crons-'))
  store = openSqliteStore({ database: join(directory, 'db'), secretKey: join(directory, 'key') })
  fixture = await createFixture()
  await fixture.writeArtifact('bld_web', { 'empty.txt': '' })
  const limits = DEFAULT_LOG_LIMITS
  activities = createActivities({
    onError: error => errors.push(error),
    openLog: id => createLogWriter({ directory: join(directory, id), limits, source: id }),
    store,
  })
  const { engine, layout } = fixture
  const kits = createKits({ engine, layout })
  const services = createManagedServices({
    engine,
    findType: findServiceType,
    kits,
    removeVolume: async () => {},
    store,
  })
  activities.register(cronHandler({ engine, services, store }))
  crons = new CronScheduler({ activities, onError: error => errors.push(error), store })
})
afterEach(async () => {
  crons.close()
  for (const { id } of unfinished()) activities.cancel(id)
  await until('all are finished', () => unfinished().length === 0)
  await activities.close()
  await fixture.dispose()
  store.close()
  await rm(directory, { force: true, recursive: true })
  if (errors.length > 0) throw new AggregateError(errors, 'something failed beside the activities')
})

it('starts a cron at its time as an activity, and never a second time while it runs', async () => {
  live([{ schedule: '* * * * * *', start: 'sleep 2' }])

  await until('it ran twice', () => ofCrons().filter(({ state }) => state === 'finished').length >= 2, 30_000)

  const runs = ofCrons()
    .filter(({ state }) => state === 'finished')
    .toSorted((a, b) => a.createdAt.localeCompare(b.createdAt))
  expect(runs[0]).toMatchObject({ createdBy: 'scheduler', result: 'success', type: 'cron' })
  for (const [index, { createdAt }] of runs.entries())
    expect(createdAt > (runs[index - 1]?.finishedAt ?? '')).toBe(true)
})

it('holds a cron back while a deploy has the environment', async () => {
  const { promise: held, resolve: finish } = Promise.withResolvers<void>()
  const input = z.object({ lane: z.string() })
  activities.register({
    input: { parse: value => z.parse(input, value) },
    lanes: ({ lane }) => [{ capacity: 1, lane }],
    run: context => context.inLane(context.input.lane, () => held),
    type: 'deploy',
  })
  const environment = live([{ schedule: '* * * * * *', start: 'true' }])
  const lane = environmentLane(environment)
  const deploy = activities.start({
    createdBy: 'test',
    prepare: () => ({ description: 'deploy', input: { lane } }),
    type: 'deploy',
  })

  const [waiting] = await until('a cron is due', () => (ofCrons().length > 0 ? ofCrons() : undefined))
  expect(waiting).toMatchObject({ state: 'queued' })
  expect(activities.get(deploy.id)).toMatchObject({ state: 'running' })
  const released = new Date().toISOString()
  finish()

  await until('the cron ran', () => activities.get(waiting?.id ?? '').result === 'success')
  expect((activities.get(waiting?.id ?? '').startedAt ?? '') >= released).toBe(true)
})

it("means the times of its application's time zone, and fails when the command does", async () => {
  const timeZone = 'Asia/Kathmandu'
  const at = new Date(Date.now() + 3000)
  const [hours, minutes, seconds] = at.toLocaleTimeString('en-GB', { timeZone }).split(':').map(Number)
  live([{ schedule: `${seconds} ${minutes} ${hours} * * *`, start: 'echo the reason >&2; exit 3' }], timeZone)

  await until('it ran', () => ofCrons().some(({ state }) => state === 'finished'))

  expect(ofCrons()).toMatchObject([{ error: { code: 'failed.cron' }, result: 'failure' }])
})

/** Makes an environment whose live deployment has these crons. Returns its id. */
function live(wanted: readonly Pick<CronSpec, 'schedule' | 'start'>[], timeZone = 'UTC'): string {
  const project = store.projects.create({ name: 'shop' })
  const environment = store.environments.create({ name: 'main', project: project.id, type: 'production' })
  const own = wanted.map((cron, index): CronSpec => ({
    concurrency: 'forbid',
    name: `cron-${index}`,
    shutdownTimeoutMs: 1000,
    timeoutMs: 20_000,
    ...cron,
  }))
  store.deployments.create({
    activity: 'act_1',
    builds: { web: { id: 'bld_web', path: [NODE_BIN] } },
    environment: environment.id,
    formation: [],
    id: 'dep_1',
    message: '',
    project: project.id,
    restarts: {},
    spec: environmentSpec([applicationSpec('web', { crons: own, timeZone })]),
    urls: [],
    variables: {},
  })
  store.deployments.makeLive('dep_1')
  crons.refresh(environment.id)
  return environment.id
}

function ofCrons(): Activity[] {
  return activities.list({ type: 'cron' })
}

function unfinished(): Activity[] {
  return activities.list({}).filter(({ state }) => state !== 'finished')
}
