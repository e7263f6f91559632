import { expect, it } from 'vitest'
import type { RedirectSpec } from '../../../../../src/lib/config/environment-spec.ts'
import { redirectRule, withEdgePort } from '../../../../../src/lib/platform/edge/node/redirects.ts'

const spec = (rest: Partial<RedirectSpec>): RedirectSpec => ({
  appendSuffix: true,
  code: 302,
  path: '/from',
  prefix: true,
  regexp: false,
  to: 'https://example.com/to',
  ...rest,
})
const where = (rest: Partial<RedirectSpec>, path: string, query = '') =>
  redirectRule(spec(rest)).match(path, query)?.location

const serves = (host: string): boolean => host === 'shop.localhost'

it('appends what follows the prefix, with the query', () => {
  expect(where({}, '/from/a/b', '?c')).toBe('https://example.com/to/a/b?c')
  expect(where({}, '/from')).toBe('https://example.com/to')
  expect(where({}, '/fromage')).toBeUndefined()
})

it('leaves the suffix out when told to', () => {
  expect(where({ appendSuffix: false }, '/from/a')).toBe('https://example.com/to')
})

it('redirects the path alone without prefix', () => {
  expect(where({ prefix: false }, '/from')).toBe('https://example.com/to')
  expect(where({ prefix: false }, '/from/a')).toBeUndefined()
})

it('replaces the groups of a regular expression', () => {
  expect(where({ path: '^/a/(.*)/b/(.*)$', regexp: true, to: '/x/$2/$1' }, '/a/1/b/2')).toBe('/x/2/1')
})

it('adds its port to addresses that it serves itself', () => {
  const ports = { http: 8080, https: 8443 }
  expect(withEdgePort('https://shop.localhost/a', serves, ports)).toBe('https://shop.localhost:8443/a')
  expect(withEdgePort('http://shop.localhost', serves, ports)).toBe('http://shop.localhost:8080')
  expect(withEdgePort('http://shop.localhost:1/a', serves, ports)).toBe('http://shop.localhost:1/a')
  expect(withEdgePort('https://example.com/a', serves, ports)).toBe('https://example.com/a')
  expect(withEdgePort('/a', serves, ports)).toBe('/a')
})
