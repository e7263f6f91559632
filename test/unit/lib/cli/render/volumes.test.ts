import { expect, test } from 'vitest'
import { quotaWarnings } from '../../../../../src/lib/cli/render/volumes.ts'

test('a volume that takes more than the project files ask for is named with both sizes', () => {
  const volume = { bytes: 2000, files: 1, mounts: [], name: 'files' }
  expect(
    quotaWarnings([
      { ...volume, quotaBytes: 1000 },
      { ...volume, name: 'within', quotaBytes: 2000 },
      { ...volume, name: 'unlimited' },
    ]),
  ).toEqual(['volume files takes 2.0 kB, more than the 1.0 kB that the project files ask for'])
})

test('volumes whose quota nothing enforces are named in one warning', () => {
  const volume = { bytes: 1, files: 1, mounts: [], quotaBytes: 1000 }
  const listed = [
    { ...volume, enforced: false, name: 'files' },
    { ...volume, enforced: true, name: 'limited' },
    { ...volume, enforced: false, name: 'more' },
  ]
  expect(quotaWarnings(listed)).toEqual(['nothing enforces the quota of files, more here'])
})
