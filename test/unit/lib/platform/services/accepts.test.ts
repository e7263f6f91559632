import { expect, test } from 'vitest'
import { mariadb } from '../../../../../src/lib/platform/services/mariadb.ts'
import { postgresql } from '../../../../../src/lib/platform/services/postgresql.ts'
import { servicePlace } from '../../../../helpers/services/place.ts'

test.each([
  [postgresql, '15.2', '15.18'],
  [postgresql, '15.18', '15.2'],
  [postgresql, '9.6.24', '15.18'],
  [mariadb, '10.6.18', '10.11.19'],
  [mariadb, '10.11.20', '10.11.19'],
])('$name takes a dump of %s $#', (type, dumped, version) => {
  expect(type.data?.accepts(dumped, { ...servicePlace().installed, version })).toEqual({ ok: true })
})

test.each([
  [postgresql, '16.1', '15.18'],
  [postgresql, '18.4', '9.6'],
  [mariadb, '11.4.2', '10.11.19'],
  [mariadb, '10.11.1', '10.6.18'],
])('$name refuses a newer dump and names both versions $#', (type, dumped, version) => {
  const answer = type.data?.accepts(dumped, { ...servicePlace().installed, version })
  expect(answer).toMatchObject({ ok: false })
  expect(JSON.stringify(answer)).toContain(dumped)
  expect(JSON.stringify(answer)).toContain(version)
})
