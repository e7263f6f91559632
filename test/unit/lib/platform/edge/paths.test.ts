import { describe, expect, it } from 'vitest'
import { decodePath, pathSuffix, splitTarget } from '../../../../../src/lib/platform/edge/node/paths.ts'

describe('pathSuffix', () => {
  it.each([
    ['/', '/', '/'],
    ['/', '/a', '/a'],
    ['/a', '/a', ''],
    ['/a/', '/a', ''],
    ['/a', '/a/b', '/b'],
    ['/a', '/ab', undefined],
    ['/a', '/b', undefined],
  ])('%s of %s is %s', (prefix, path, suffix) => {
    expect(pathSuffix(prefix, path)).toBe(suffix)
  })
})

describe('splitTarget', () => {
  it.each([
    ['/a?b=c?d', '/a', '?b=c?d'],
    ['/a', '/a', ''],
    ['http://other.test/a?b', '/a', '?b'],
    ['http://other.test', '/', ''],
    ['*', '/*', ''],
  ])('%s has path %s and query %s', (url, path, query) => {
    expect(splitTarget(url)).toEqual({ path, query })
  })
})

describe('decodePath', () => {
  it.each([
    ['/a%20b/./c', '/a b/c'],
    ['/a/../../b', '/b'],
    ['/a/%2e%2e/%2e%2e/b', '/b'],
    ['//a//b/', '/a/b/'],
    ['/', '/'],
    ['/a/..', '/'],
    ['/%00', undefined],
    ['/%zz', undefined],
  ])('%s becomes %s', (raw, path) => {
    expect(decodePath(raw)).toBe(path)
  })
})
