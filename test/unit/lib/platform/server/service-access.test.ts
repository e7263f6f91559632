import { expect, test } from 'vitest'
import { memcached } from '../../../../../src/lib/platform/services/memcached.ts'
import { networkStorage } from '../../../../../src/lib/platform/services/network-storage.ts'
import type { ServiceTarget, ServiceType } from '../../../../../src/lib/platform/services/port.ts'
import { findTarget } from '../../../../../src/lib/platform/server/service-access.ts'
import { servicePlace } from '../../../../helpers/services/place.ts'

const PLACE = { environment: { id: 'env_1', name: 'main' } }

function deps(types: Readonly<Record<string, ServiceType>>) {
  const targets = Object.entries(types).map(([name, type]): [string, ServiceTarget] => [
    name,
    { environment: 'env_1', place: servicePlace({ name }), type },
  ])
  return { services: { targets: () => Promise.resolve(new Map(targets)), types: () => new Map(Object.entries(types)) } }
}

test('the only service that can be connected to need not be named', async () => {
  const { place } = await findTarget(deps({ cache: memcached, files: networkStorage }), PLACE, {})
  expect(place.name).toBe('cache')
})

test('a storage takes no connections, and an application is no managed service', async () => {
  const both = deps({ cache: memcached, files: networkStorage })
  await expect(findTarget(both, PLACE, { service: 'files' })).rejects.toMatchObject({
    code: 'unsupported.option',
    message: 'the service files (network storage) takes no connections: applications mount it',
  })
  await expect(findTarget(both, PLACE, { service: 'web' })).rejects.toThrow('there is no managed service "web"')
  await expect(findTarget(deps({}), PLACE, {})).rejects.toThrow('no managed service that takes connections')
})
