import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { locateMariadb } from '../../../../../../src/lib/platform/services/mariadb.ts'

let root: string
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'aloft-locate-'))
  writeFileSync(join(root, 'mariadbd'), '#!/bin/sh\necho "mariadbd  Ver 10.11.19-MariaDB"\n', { mode: 0o755 })
})
afterAll(() => rmSync(root, { recursive: true }))

test.each(['mariadbd', 'mariadb-install-db'])('without %s there is no server', async name => {
  expect(await locateWithout(name)).toEqual({ found: false, packages: ['mariadb-server'], program: name })
})

test.each(['mariadb', 'mariadb-admin', 'mariadb-dump'])('without %s it runs, and says what it lacks', async name => {
  expect(await locateWithout(name)).toEqual({
    found: true,
    path: [root],
    product: 'MariaDB 10.11.19',
    version: '10.11.19',
    withoutClient: { packages: ['mariadb-client'], program: name },
  })
})

function locateWithout(missing: string) {
  return locateMariadb(name => (name === missing ? undefined : join(root, name)))
}
