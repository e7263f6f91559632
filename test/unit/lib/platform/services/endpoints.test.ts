import { expect, test } from 'vitest'
import { readSqlConfiguration } from '../../../../../src/lib/platform/services/endpoints.ts'
import { servicePlace } from '../../../../helpers/services/place.ts'

const WORDS = { databases: 'schemas', default: 'default_schema', endpoint: 'mysql' } as const
const read = (configuration: Readonly<Record<string, unknown>>) =>
  readSqlConfiguration(servicePlace({ configuration }), WORDS)

test('without configuration there is one database, and one endpoint that may do all', () => {
  expect(read({})).toEqual({
    databases: ['main'],
    endpoints: [
      { database: 'main', name: 'mysql', password: 'secret', privileges: { main: 'admin' }, username: 'main' },
    ],
    extensions: [],
  })
})

test('further endpoints have users and passwords of their own, which stay the same', () => {
  const endpoints = {
    admin: { default_schema: 'shop', privileges: { legacy: 'rw', shop: 'admin' } },
    reporter: { privileges: { shop: 'ro' } },
  }
  const [admin, reporter] = read({ endpoints, schemas: ['shop', 'legacy'] }).endpoints

  expect(admin).toMatchObject({ database: 'shop', password: 'secret', username: 'main' })
  expect(reporter).toMatchObject({ database: 'shop', privileges: { shop: 'ro' }, username: 'main_reporter' })
  expect(reporter?.password).toMatch(/^[0-9a-f]{40}$/)
  expect(read({ endpoints }).endpoints[1]?.password).toBe(reporter?.password)
})

test.each([
  { schemas: ['a b'] },
  { schemas: ["x'; DROP"] },
  { endpoints: { admin: { privileges: { main: 'owner' } } } },
  { endpoints: { admin: { default_schema: 'other' } }, schemas: ['main'] },
])('refuses %j and names the service', configuration => {
  expect(() => read(configuration)).toThrow(
    expect.objectContaining({ code: 'usage.config', message: expect.stringContaining('of the service database is') }),
  )
})
