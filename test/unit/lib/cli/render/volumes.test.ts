import { expect, test } from 'vitest'
import { overQuota } from '../../../../../src/lib/cli/render/volumes.ts'

test('a volume that takes more than the project files ask for is named with both sizes', () => {
  const volume = { bytes: 2000, files: 1, mounts: [], name: 'files' }
  expect(
    overQuota([
      { ...volume, quotaBytes: 1000 },
      { ...volume, name: 'within', quotaBytes: 2000 },
      { ...volume, name: 'unlimited' },
    ]),
  ).toEqual(['volume files takes 2.0 kB, more than the 1.0 kB that the project files ask for'])
})
