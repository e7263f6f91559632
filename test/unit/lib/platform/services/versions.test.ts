import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { compareVersions, nearest, programVersion } from '../../../../../src/lib/platform/services/versions.ts'

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

test('a program is asked again once it is another file', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'aloft-versions-'))
  onTestFinished(() => rmSync(directory, { force: true, recursive: true }))
  const [program, asked] = [join(directory, 'server'), join(directory, 'asked')]
  const install = (version: string): void => {
    writeFileSync(`${program}.new`, `#!/bin/sh\necho once >>'${asked}'\necho 'server ${version}'\n`, { mode: 0o755 })
    renameSync(`${program}.new`, program)
  }
  install('1.2')

  expect([await programVersion(program), await programVersion(program)]).toEqual(['1.2', '1.2'])
  expect(readFileSync(asked, 'utf8')).toBe('once\n')
  install('1.3')
  expect(await programVersion(program)).toBe('1.3')
  rmSync(program)
  expect(await programVersion(program)).toBeUndefined()
})
