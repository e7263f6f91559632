import { expect, test } from 'vitest'
import { toManagedService } from '../../../../../../src/lib/platform/server/calls/managed-service.ts'

const RECORD = { host: '127.66.0.1', name: 'it', port: 5432, type: 'postgresql', version: '15.18' }

test('a managed service that does not run is not ready', () => {
  expect(toManagedService(RECORD, [])).toMatchObject({
    address: '127.66.0.1:5432',
    desired: 1,
    ready: 0,
    type: 'postgresql:15.18',
  })
})

test('a network storage has no address, no version, and nothing that is to run', () => {
  const storage = toManagedService({ ...RECORD, port: 0, type: 'network-storage', version: '' }, [])
  expect(storage).toMatchObject({ desired: 0, ready: 0, type: 'network-storage' })
  expect(storage).not.toHaveProperty('address')
})
