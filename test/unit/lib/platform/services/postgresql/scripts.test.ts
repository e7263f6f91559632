import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import * as scripts from '../../../../../../src/lib/platform/services/postgresql/scripts.ts'

let kit: string

beforeEach(() => {
  kit = mkdtempSync(join(tmpdir(), 'aloft-kit-'))
  mkdirSync(join(kit, 'bin'))
  writeFileSync(join(kit, 'library.sh'), scripts.LIBRARY)
  mkdirSync(join(kit, 'data', 'server'), { recursive: true })
  for (const file of ['made-by', 'data/server/PG_VERSION']) writeFileSync(join(kit, file), '15\n')
  program('pg_dump', 'exit 0')
})
afterEach(() => rmSync(kit, { recursive: true }))

test.each([
  ['dump', scripts.DUMP],
  ['count', scripts.COUNT],
])('a %s fails when it cannot be told which databases there are: it would else be one of nothing', (name, script) => {
  program('psql', "case $* in *'FROM pg_database'*) echo 'FATAL: starting up' >&2; exit 2 ;; esac")
  program(name, script.replace('#!/bin/sh\n', ''))

  const { status, stderr } = run(name)
  expect(stderr).toContain('FATAL: starting up')
  expect(status).not.toBe(0)
})

test.each([
  ['ready', 0],
  ['starting', 1],
])("is as its own file says where pg_isready is Debian's wrapper of a client that is not there: %s", (state, code) => {
  program('pg_wrapper', 'echo "You must install at least one postgresql-client-<version> package" >&2; exit 1')
  symlinkSync(join(kit, 'bin', 'pg_wrapper'), join(kit, 'bin', 'pg_isready'))
  writeFileSync(join(kit, 'data/server/postmaster.pid'), `${'\n'.repeat(7)}${state.padEnd(8)}\n`)
  program('ready', scripts.READY.replace('#!/bin/sh\n', ''))

  expect(run('ready')).toMatchObject({ status: code, stderr: '' })
})

test.each([
  ['4711', 'starting', 0],
  ['4711', 'standby', 0],
  ['4711', 'ready', 1],
  ['4711', 'stopping', 1],
  ['-4711', '', 0],
])('recovers by its own word with number %s and state %j: exit code %i', (pid, state, code) => {
  writeFileSync(join(kit, 'data/server/postmaster.pid'), `${pid}${'\n'.repeat(7)}${state.padEnd(8)}\n`)
  program('recovering', scripts.RECOVERING.replace('#!/bin/sh\n', ''))

  expect(run('recovering').status).toBe(code)
})

function program(name: string, body: string): void {
  writeFileSync(join(kit, 'bin', name), `#!/bin/sh\n${body}\n`)
  chmodSync(join(kit, 'bin', name), 0o755)
}

function run(name: string) {
  const PATH = `${join(kit, 'bin')}:/usr/bin:/bin`
  return spawnSync(join(kit, 'bin', name), {
    cwd: kit,
    encoding: 'utf8',
    env: { PATH, SERVICE_USER: 'main', SETUP_DATABASES: 'main' },
  })
}
