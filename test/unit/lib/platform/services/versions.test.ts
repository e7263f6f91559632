import { expect, test } from 'vitest'
import { compareVersions, nearest } from '../../../../../src/lib/platform/services/versions.ts'

const found = [{ version: '13.9' }, { version: '15.18' }, { version: '17.2' }]

test.each([
  [undefined, '17.2'],
  ['15', '15.18'],
  ['15.2', '15.18'],
  ['16', '15.18'],
  ['18', '17.2'],
  ['12', '13.9'],
])('of what is installed, %s gets %s', (wanted, version) => {
  expect(nearest(found, wanted)?.version).toBe(version)
})

test('a version that is not a prefix by numbers is not taken for it', () => {
  expect(nearest([{ version: '1.4.1' }, { version: '1.40' }], '1.4')?.version).toBe('1.4.1')
})

test('versions are compared number by number', () => {
  expect(['10.2', '9.10', '9.9', '10'].toSorted(compareVersions)).toEqual(['9.9', '9.10', '10', '10.2'])
})
