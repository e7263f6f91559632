import { expect, test } from 'vitest'
import { SERVICE_PROGRAMS } from '../../../../../src/lib/config/service-programs.ts'
import { SERVICE_TYPE_WORDS, serviceTypeName } from '../../../../../src/lib/config/shared/service-types.ts'
import { findServiceType, SERVICE_TYPES } from '../../../../../src/lib/platform/services/catalogue.ts'

test.each(SERVICE_TYPE_WORDS)('what a file may call %s is run', word => {
  expect(findServiceType(word)).toBeDefined()
})

test('each type goes by names that a file may have, and by no other type’s', () => {
  const names = SERVICE_TYPES.flatMap(({ aliases, name }) => [name, ...aliases])
  expect(names.filter(name => serviceTypeName(name) === undefined)).toEqual([])
  expect(new Set(names).size).toBe(names.length)
})

test('each type without data in a backup says why', () => {
  for (const { backup, data } of SERVICE_TYPES) expect(backup.kind === 'none').toBe(data === undefined)
})

test('what a service runs is known to setup and doctor', () => {
  const known = new Set(SERVICE_PROGRAMS.flatMap(({ types }) => types))
  const unknown = SERVICE_TYPES.flatMap(({ aliases, name }) => [name, ...aliases]).filter(word => !known.has(word))
  // a volume that several applications share needs no program
  expect(unknown).toEqual(['network-storage'])
})
