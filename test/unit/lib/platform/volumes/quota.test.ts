import { expect, test } from 'vitest'
import { quotaOf, quotasOf } from '../../../../../src/lib/platform/volumes/quota.ts'
import { applicationSpec } from '../../../../helpers/specs.ts'

test('a volume has the size that the network storage or the application asks for whose it is; others have none', () => {
  const storage = { configuration: {}, name: 'files', type: 'network-storage' }
  const services = [
    { ...storage, diskMb: 256 },
    { ...storage, name: 'more' },
  ]
  const mount = { path: 'data', source: 'shared', sourcePath: 'data', volume: 'app' } as const
  const applications = [
    applicationSpec('app', { diskMb: 2, mounts: [mount, { ...mount, path: 'files', volume: 'files' }] }),
    applicationSpec('bare', { mounts: [{ ...mount, volume: 'bare' }] }),
  ]
  expect(quotaOf({ applications, services }, 'files')).toBe(268_435_456)
  expect(quotaOf({ applications, services }, 'more')).toBeUndefined()
  expect(quotaOf({ applications, services }, 'app')).toBe(2_097_152)
  expect(quotaOf({ applications, services }, 'bare')).toBeUndefined()
  const mounts = applications.flatMap(application => application.mounts)
  expect(quotasOf({ applications, services }, mounts)).toEqual({ app: 2_097_152, files: 268_435_456 })
})

test('a size of 0 asks for nothing', () => {
  const mounts = [{ path: 'data', source: 'shared', sourcePath: 'data', volume: 'app' }] as const
  const sizes = { applications: [applicationSpec('app', { diskMb: 0, mounts })], services: [] }
  expect(quotasOf(sizes, mounts)).toEqual({})
})
