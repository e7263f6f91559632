import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { relocateScripts } from '../../../../../src/lib/platform/build/relocate.ts'

const SCRIPT = '#!/usr/bin/python3\nprint(1)\n'

let directory: string

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'aloft-relocate-'))
})
afterEach(() => rm(directory, { force: true, recursive: true }))

it('lets scripts of a virtual environment take the interpreter from PATH', async () => {
  await mkdir(join(directory, 'app/.venv/bin'), { recursive: true })
  await writeFile(join(directory, 'app/.venv/bin/tool'), SCRIPT)

  relocateScripts(join(directory, 'app'), '.venv/bin')

  expect(await readFile(join(directory, 'app/.venv/bin/tool'), 'utf8')).toBe('#!/usr/bin/env python3\nprint(1)\n')
})

it('leaves scripts alone to which a build has led it by a link', async () => {
  await mkdir(join(directory, 'outside/bin'), { recursive: true })
  await writeFile(join(directory, 'outside/bin/tool'), SCRIPT)
  await mkdir(join(directory, 'app'))
  await symlink('../outside', join(directory, 'app/.venv'))

  relocateScripts(join(directory, 'app'), '.venv/bin')

  expect(await readFile(join(directory, 'outside/bin/tool'), 'utf8')).toBe(SCRIPT)
})
