import { expect, test } from 'vitest'
import { mismatch } from '../../../../../src/lib/platform/services/mismatch.ts'

const MARIADB = { path: [], product: 'MariaDB 10.11.19', version: '10.11.19' }

test.each(['10', '10.11', '10.11.19', undefined])('asking for %s and having 10.11.19 is no mismatch', version => {
  expect(mismatch({ name: 'db', type: 'mysql', version }, MARIADB)).toBeUndefined()
})

test.each(['8.0', '10.1', '10.11.1', '11'])('asking for %s and having 10.11.19 is told with both versions', version => {
  expect(mismatch({ name: 'db', type: 'mysql', version }, MARIADB)).toBe(
    `the service db asks for mysql ${version} and gets MariaDB 10.11.19, which is installed`,
  )
})

test('another product is told with both names, whatever the versions, and with what that means', () => {
  const groonga = { instead: 'its interface is another one', path: [], product: 'Groonga 13.0.0', version: '13.0.0' }
  expect(mismatch({ name: 'index', type: 'opensearch', version: '13' }, groonga)).toBe(
    'the service index asks for opensearch 13 and gets Groonga 13.0.0, which is installed: its interface is another one',
  )
})

test('what has no versions is never another one', () => {
  const volume = { path: [], product: 'network storage', version: '' }
  const asked = { name: 'files', type: 'network-storage', version: '2.0' }
  expect(mismatch(asked, volume)).toBeUndefined()
})
