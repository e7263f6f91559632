import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import * as z from 'zod/mini'
import type { Activity } from '../../../src/lib/core/model.ts'
import { createActivities } from '../../../src/lib/platform/activities/activities.ts'
import type { Activities } from '../../../src/lib/platform/activities/port.ts'
import { createDirectoryStorage } from '../../../src/lib/platform/backups/directory-storage.ts'
import { Parts } from '../../../src/lib/platform/backups/parts.ts'
import { BackupPolicies } from '../../../src/lib/platform/backups/policies.ts'
import { createBackupInput } from '../../../src/lib/platform/backups/port.ts'
import { BackupScheduler } from '../../../src/lib/platform/backups/scheduler.ts'
import { createLogWriter, DEFAULT_LOG_LIMITS } from '../../../src/lib/platform/logs/writer.ts'
import type { Store } from '../../../src/lib/platform/store/port.ts'
import { openSqliteStore } from '../../../src/lib/platform/store/sqlite/open.ts'
import { Uploads } from '../../../src/lib/platform/uploads/uploads.ts'
import { MovedClock } from '../../helpers/moved-clock.ts'
import { until } from '../../helpers/until.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

let directory: string
let store: Store
let activities: Activities
let scheduler: BackupScheduler
let clock: MovedClock
let environment: string
/** What an activity that makes a backup does. */
let make: () => Promise<void>
const errors: unknown[] = []

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'aloft-schedule-'))
  clock = new MovedClock()
  make = async () => {}
  open()
  const { id: project } = store.projects.create({ name: 'shop' })
  environment = store.environments.create({ name: 'main', project, type: 'production' }).id
})
afterEach(async () => {
  await close()
  rmSync(directory, { force: true, recursive: true })
  if (errors.length > 0) throw new AggregateError(errors.splice(0), 'something failed beside the activities')
})

describe('backups by themselves', () => {
  it('are activities of their own, failed ones too, each as the schedule wants it', async () => {
    every('H * * * *')
    make = async () => {
      throw new Error('no space')
    }
    clock.move(HOUR_MS)
    scheduler.startDue()
    await until('it failed', () => runs()[0]?.state === 'finished')
    make = async () => {}
    clock.move(HOUR_MS)
    scheduler.startDue()
    await until('it is finished', () => runs()[0]?.state === 'finished')

    expect(runs()).toMatchObject([
      { createdBy: 'scheduler', environment: 'main', project: 'shop', result: 'success', type: 'backup.create' },
      { createdBy: 'scheduler', result: 'failure' },
    ])
    const [latest] = runs()
    expect(store.activities.get(latest?.id ?? '')?.input).toMatchObject({
      consistency: 'live',
      environment,
      keep: false,
      only: ['files'],
      reason: 'scheduled',
    })
  })

  it('that were missed while the platform was down are made up by one', async () => {
    every('0 * * * *')
    await close()
    clock.move(5 * HOUR_MS)
    open()

    for (let look = 0; look < 3; look++) scheduler.startDue()
    await until('it is finished', () => runs()[0]?.state === 'finished')
    scheduler.startDue()

    expect(runs()).toHaveLength(1)
  })

  it('never run at once: one that falls due meanwhile waits for its end', async () => {
    every('0 * * * *')
    const { promise: held, resolve: finish } = Promise.withResolvers<void>()
    make = () => held
    clock.move(HOUR_MS)
    scheduler.startDue()
    clock.move(3 * HOUR_MS)
    scheduler.startDue()
    expect(runs()).toHaveLength(1)

    finish()
    await until('it is finished', () => runs()[0]?.state === 'finished')
    scheduler.startDue()
    scheduler.startDue()
    await until('the other one is finished', () => runs()[0]?.state === 'finished')

    expect(runs()).toHaveLength(2)
  })

  it('wait until an environment is resumed, and are made up by one then', async () => {
    every('0 * * * *')
    store.environments.update(environment, { status: 'paused' })
    clock.move(3 * HOUR_MS)
    scheduler.startDue()
    expect(runs()).toEqual([])

    store.environments.update(environment, { status: 'active' })
    for (let look = 0; look < 3; look++) scheduler.startDue()
    expect(runs()).toHaveLength(1)
    await until('it is finished', () => runs()[0]?.state === 'finished')
  })

  it('go on when the clock was a year ahead for a while', async () => {
    every('0 * * * *')
    clock.move(365 * DAY_MS)
    scheduler.startDue()
    await until('it is finished', () => runs()[0]?.state === 'finished')
    clock.move(-365 * DAY_MS)
    scheduler.startDue()
    clock.move(HOUR_MS)
    scheduler.startDue()

    expect(runs()).toHaveLength(2)
    await until('the other one is finished', () => runs()[0]?.state === 'finished')
  })

  it('are made of others when one has a schedule that cannot be read any more', async () => {
    const [project] = store.projects.list()
    const broken = store.environments.create({ name: 'broken', project: project?.id ?? '', type: 'development' })
    const schedule = {
      consistency: 'live',
      only: [],
      since: new Date(clock.now()).toISOString(),
      timeZone: 'UTC',
    } as const
    new BackupPolicies(store.settings).setSchedule(broken.id, { ...schedule, cron: 'never' })
    every('0 * * * *')
    clock.move(HOUR_MS)
    scheduler.startDue()

    expect(runs()).toHaveLength(1)
    expect(errors.splice(0)).toHaveLength(1)
    await until('it is finished', () => runs()[0]?.state === 'finished')
  })

  it('end with their environment', async () => {
    every('0 * * * *')
    store.environments.delete(environment)
    clock.move(HOUR_MS)

    scheduler.start()
    await until('it was forgotten', () => new BackupPolicies(store.settings).schedules().length === 0)

    expect(runs()).toEqual([])
  })
})

it('lets go what retention does not keep, after each backup and once a day, but never the last good one', async () => {
  for (const days of [1, 2, 3]) {
    const createdAt = new Date(clock.now() - days * DAY_MS).toISOString()
    store.backups.create({
      activity: 'act_1',
      consistency: 'live',
      contents: [{ bytes: 1, kind: 'database', name: 'db' }],
      createdAt,
      environment: 'main',
      expiresAt: createdAt,
      id: `bkp_${days}`,
      project: 'shop',
      reason: 'scheduled',
      sizeBytes: 1,
      state: 'complete',
    })
  }
  new BackupPolicies(store.settings).setRetention(environment, { days: 2, months: 0, weeks: 0 })

  scheduler.start()
  await until('one has gone', () => store.backups.list({}).length === 2)
  new BackupPolicies(store.settings).setRetention(environment, { days: 0, months: 0, weeks: 0 })
  scheduler.onFinished({ environment: 'main', project: 'shop' })
  await until('another one has gone', async () => {
    await clock.pass(MINUTE_MS)
    return store.backups.list({}).length === 1
  })

  expect(store.backups.list({}).map(({ id }) => id)).toEqual(['bkp_1'])
})

function onError(error: unknown): void {
  errors.push(error)
}

/** What a platform has open of it. */
function open(): void {
  store = openSqliteStore({ database: join(directory, 'db'), secretKey: join(directory, 'key') })
  const limits = DEFAULT_LOG_LIMITS
  activities = createActivities({
    onError,
    openLog: id => createLogWriter({ directory: join(directory, 'logs', id), limits, source: id }),
    store,
  })
  activities.register({
    input: { parse: value => z.parse(createBackupInput, value) },
    lanes: () => [],
    run: () => make(),
    type: 'backup.create',
  })
  scheduler = new BackupScheduler({
    activities,
    backups: { delete: async id => store.backups.delete(id) },
    clock,
    onError,
    parts: new Parts(createDirectoryStorage(join(directory, 'parts')), store.backups),
    policies: new BackupPolicies(store.settings),
    store,
    uploads: new Uploads({ clock, directory: join(directory, 'uploads'), isUsed: () => false }),
  })
}

async function close(): Promise<void> {
  await scheduler.close()
  await activities.close()
  store.close()
}

function every(cron: string): void {
  new BackupPolicies(store.settings).setSchedule(environment, {
    consistency: 'live',
    cron: cron.replace('H', '7'),
    only: ['files'],
    since: new Date(clock.now()).toISOString(),
    timeZone: 'UTC',
  })
}

function runs(): Activity[] {
  return activities.list({ type: 'backup.create' })
}
