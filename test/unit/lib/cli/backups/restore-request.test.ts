import { expect, it } from 'vitest'
import { restoreTarget, toRestore } from '../../../../../src/lib/cli/backups/restore-request.ts'
import type { Backup } from '../../../../../src/lib/core/model.ts'

const BACKUP: Backup = {
  consistency: 'consistent',
  contents: [],
  createdAt: '2026-01-31T12:00:00.000Z',
  environment: 'main',
  id: 'bkp_1',
  project: 'shop',
  reason: 'manual',
  sizeBytes: 0,
  state: 'complete',
}

it.each([
  [{}, 'shop', 'main'],
  [{ environment: 'stage' }, 'shop', 'stage'],
  [{ environment: 'main', project: 'toys' }, 'toys', 'main'],
  [{ to: 'stage' }, 'shop', 'stage'],
  [{ environment: 'main', project: 'toys', to: 'stage' }, 'toys', 'stage'],
  [{ environment: 'main', project: 'toys', to: 'shop:stage' }, 'shop', 'stage'],
  [{ to: 'toys/stage' }, 'toys', 'stage'],
])('%j restores into %s %s', (flags, project, environment) => {
  expect(restoreTarget(BACKUP, flags)).toEqual({ environment, project })
})

it.each(['', ':', 'shop:', ':main', 'a:b:c', 'a/b:c'])('--to %j names no environment', to => {
  expect(() => restoreTarget(BACKUP, { to })).toThrow('names no environment')
})

it('takes everything and makes a safety backup, unless told', () => {
  expect(toRestore(BACKUP, {})).toMatchObject({ only: [], rename: {}, safetyBackup: true })
  expect(
    toRestore(BACKUP, { 'no-backup': true, only: ['database'], 'rename-service': ['db=database', 'a=b'] }),
  ).toMatchObject({ only: ['database'], rename: { a: 'b', db: 'database' }, safetyBackup: false })
})

it.each([['db'], ['db='], ['=database'], ['a=b=c']])('--rename-service %s is refused', assignment => {
  expect(() => toRestore(BACKUP, { 'rename-service': [assignment] })).toThrow('--rename-service')
})

it('refuses to give one thing two names', () => {
  expect(() => toRestore(BACKUP, { 'rename-service': ['db=a', 'db=b'] })).toThrow('--rename-service db=b')
})
