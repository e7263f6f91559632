import { expect, test } from 'vitest'
import { quotaOf } from '../../../../../src/lib/platform/volumes/quota.ts'

test('a volume of a network storage has the size that its service asks for; others have none', () => {
  const storage = { configuration: {}, name: 'files', type: 'network-storage' }
  const services = [
    { ...storage, diskMb: 256 },
    { ...storage, name: 'more' },
  ]
  expect(quotaOf({ services }, 'files')).toBe(268_435_456)
  expect(quotaOf({ services }, 'more')).toBeUndefined()
  expect(quotaOf({ services }, 'app')).toBeUndefined()
})
