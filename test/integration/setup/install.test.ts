import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { installPackages } from '../../../src/lib/cli/setup/debian.ts'
import { isInstalled } from '../../../src/lib/cli/setup/find-programs.ts'

const { signal } = new AbortController()
const PROGRAM = { daemon: 'toyd', package: 'toy-server', programs: ['toy-aloft-server'], title: 'Toy', types: ['toy'] }

let directory: string
const path = process.env['PATH']

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'aloft-setup-'))
  process.env['PATH'] = `${directory}:${path}`
  for (const program of ['service', 'update-rc.d']) put(program, 'exit 0')
})
afterEach(() => {
  process.env['PATH'] = path
  rmSync(directory, { force: true, recursive: true })
})

/** A system program that writes down how it was called. */
function put(program: string, does: string): void {
  const file = join(directory, program)
  writeFileSync(file, `#!/bin/sh\necho "${program} $DEBIAN_FRONTEND $*" >>"${directory}/calls"\n${does}\n`)
  chmodSync(file, 0o755)
}

function calls(): string[] {
  return readFileSync(join(directory, 'calls'), 'utf8').trim().split('\n')
}

test('installs without asking and without what is only recommended, and ends what the package started', async () => {
  put('apt-get', `test "$3" = update || cp "$0" "${directory}/toy-aloft-server"; echo done`)
  const lines: string[] = []
  expect(isInstalled(PROGRAM, directory)).toBe(false)

  await installPackages([PROGRAM], { onLine: line => lines.push(line), signal })

  expect(calls()).toEqual([
    'apt-get noninteractive -o DPkg::Lock::Timeout=300 update',
    'apt-get noninteractive -o DPkg::Lock::Timeout=300 install --yes --no-install-recommends toy-server',
    expect.stringMatching(/^service \S* ?toyd stop$/),
    expect.stringMatching(/^update-rc\.d \S* ?toyd disable$/),
  ])
  expect(lines).toEqual(['done', 'done'])
  expect(isInstalled(PROGRAM, directory)).toBe(true)
})

test('says what apt-get said last when it fails, and touches nothing that runs', async () => {
  put('apt-get', 'test "$3" = update || { echo "E: Unable to locate package toy-server" >&2; exit 100; }')

  await expect(installPackages([PROGRAM], { onLine: () => {}, signal })).rejects.toMatchObject({
    code: 'failed.tool-missing',
    message: expect.stringContaining('Unable to locate package toy-server'),
  })
  expect(calls().filter(call => !call.startsWith('apt-get'))).toEqual([])
})
