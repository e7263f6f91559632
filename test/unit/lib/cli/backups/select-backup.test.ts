import { describe, expect, it, vi } from 'vitest'
import { newestNotAfter, selectBackup } from '../../../../../src/lib/cli/backups/select-backup.ts'
import { AppError } from '../../../../../src/lib/core/errors.ts'
import type { Backup } from '../../../../../src/lib/core/model.ts'
import { createFakeActivities } from '../../../../helpers/fakes/fake-activities.ts'
import { createFakeBackups } from '../../../../helpers/fakes/fake-backups.ts'

const NOW = Date.parse('2026-01-31T14:00:00.000Z')

async function select(selector: string, environment = 'main'): Promise<{ id: string; told: string[]; asked: boolean }> {
  const told: string[] = []
  let asked = false
  const { id } = await selectBackup({
    backups: createFakeBackups(createFakeActivities(() => ({}))),
    call: { signal: new AbortController().signal },
    now: NOW,
    requireTarget: async ({ environment: name }) => {
      if (name !== 'empty' && name !== 'main') throw new AppError('not-found.environment', `there is no ${name}`)
    },
    selector,
    target: async () => {
      asked = true
      return { environment, project: 'shop' }
    },
    tell: line => void told.push(line),
  })
  return { asked, id, told }
}

async function main() {
  return { environment: 'main', project: 'shop' }
}

async function* streamOf<T>(values: readonly T[]): AsyncGenerator<T> {
  yield* values
}

describe('which backup is meant', () => {
  it('is the one of that id, wherever it was made', async () => {
    expect(await select('bkp_0')).toEqual({ asked: false, id: 'bkp_0', told: [] })
  })

  it.each([
    ['latest', 'bkp_1'],
    ['@1h', 'bkp_1'],
    ['@3h', 'bkp_0'],
    ['@2026-01-31T12:00:00Z', 'bkp_1'],
    ['@2026-01-31T11:59:59Z', 'bkp_0'],
    ['@yesterday at 11pm', 'bkp_0'],
  ])('%s is the newest one of the environment from then or before, and says which', async (selector, id) => {
    expect(await select(selector)).toEqual({ asked: true, id, told: [expect.stringContaining(`${selector} is ${id}`)] })
  })

  it('is none that failed its verification, and without a time none that a restore made', async () => {
    const backups = createFakeBackups(createFakeActivities(() => ({})))
    const call = { signal: new AbortController().signal }
    const good = await backups.get('bkp_0', call)
    const { createdAt } = await backups.get('bkp_1', call)
    const failed: Backup = {
      ...good,
      createdAt,
      id: 'bkp_failed',
      verification: { at: createdAt, problems: ['a row is missing'], result: 'failed' },
    }
    const safety: Backup = { ...good, createdAt, id: 'bkp_safety', reason: 'safety' }

    expect(newestNotAfter([good, failed, safety], undefined)?.id).toBe('bkp_0')
    expect(newestNotAfter([good, failed, safety], createdAt)?.id).toBe('bkp_safety')
  })

  it('is for --only the newest one that has any of that', async () => {
    const call = { signal: new AbortController().signal }
    const backups = createFakeBackups(createFakeActivities(() => ({})))
    const newest = await backups.get('bkp_1', call)
    const contents = [{ bytes: 1, kind: 'volume', name: 'uploads' }] as const
    const files: Backup = { ...newest, contents, createdAt: '2026-01-31T13:00:00.000Z', id: 'bkp_files' }
    const asked = {
      backups: { ...backups, list: () => streamOf([files, newest]) },
      call,
      now: NOW,
      requireTarget: async () => {},
      selector: 'latest',
      target: main,
      tell: vi.fn<(line: string) => void>(),
    }

    expect((await selectBackup({ ...asked, only: [] })).id).toBe('bkp_files')
    expect((await selectBackup({ ...asked, only: ['files'] })).id).toBe('bkp_files')
    expect((await selectBackup({ ...asked, only: ['database'] })).id).toBe('bkp_1')
  })

  it('is none of an environment that has none, nor of one that is not there', async () => {
    await expect(select('latest', 'empty')).rejects.toMatchObject({
      code: 'not-found.backup',
      message: 'shop/empty has no complete backup',
      suggestions: ['make one: aloft backup -p shop -e empty'],
    })
    await expect(select('latest', 'mian')).rejects.toMatchObject({ code: 'not-found.environment' })
  })

  it('is none from before the first one: those that there are, are named', async () => {
    await expect(select('@2026-01-01')).rejects.toMatchObject({
      code: 'not-found.backup',
      suggestions: [expect.stringContaining('bkp_0'), expect.stringContaining('bkp_1')],
    })
  })

  it('cannot be told by what is no time', async () => {
    await expect(select('@whenever')).rejects.toMatchObject({ code: 'usage.time' })
    await expect(select('@2026-02-31')).rejects.toMatchObject({
      code: 'usage.time',
      message: expect.stringContaining('there is no 2026-02-31'),
    })
  })

  it('is none with an unknown id: the nearest ones are named', async () => {
    await expect(select('bkp_7')).rejects.toMatchObject({ code: 'not-found.backup', suggestions: ['bkp_1', 'bkp_0'] })
  })
})

it('takes only complete backups', () => {
  const backup: Backup = {
    consistency: 'live',
    contents: [],
    createdAt: '2026-01-31T12:00:00.000Z',
    environment: 'main',
    id: 'bkp_1',
    project: 'shop',
    reason: 'manual',
    sizeBytes: 0,
    state: 'failed',
  }

  expect(newestNotAfter([backup, { ...backup, state: 'running' }], undefined)).toBeUndefined()
})
