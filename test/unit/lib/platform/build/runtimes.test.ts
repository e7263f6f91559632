import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createRuntimes } from '../../../../../src/lib/platform/build/runtimes.ts'

let root: string
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'aloft-runtimes-'))
  await chmod(root, 0o755)
})
afterEach(() => rm(root, { force: true, recursive: true }))

async function install(path: string, version: string): Promise<string> {
  const file = join(root, path)
  await mkdir(join(file, '..'), { recursive: true })
  await writeFile(file, `#!/bin/sh\necho "${version}"\n`, { mode: 0o755 })
  return file
}

const runtimes = (path: readonly string[], over: { unprivileged?: boolean } = {}): ReturnType<typeof createRuntimes> =>
  createRuntimes({
    execPath: join(root, 'none/node'),
    home: join(root, 'home'),
    path: path.map(directory => join(root, directory)).join(':'),
    standard: [join(root, 'usr/bin')],
    unprivileged: false,
    ...over,
  })

describe('which version is chosen', () => {
  test('the highest of the major asked for, not the first on PATH', async () => {
    await install('a/node', 'v20.1.0')
    await install('b/node', 'v22.3.0')
    const newest = await install('home/.nvm/versions/node/v22.19.1/bin/node', 'v22.19.1')
    const found = await runtimes(['a', 'b']).resolve({ name: 'nodejs', version: '22' })
    expect(found).toMatchObject({ binary: newest, description: 'nodejs 22.19.1', warning: undefined })
    expect(found.directories).toEqual([join(root, 'home/.nvm/versions/node/v22.19.1/bin')])
  })

  test('the nearest with a warning that names both, the newer of two', async () => {
    await install('a/node', 'v20.1.0')
    await install('b/node', 'v24.0.0')
    const found = await runtimes(['a', 'b']).resolve({ name: 'nodejs', version: '22' })
    expect(found.description).toBe('nodejs 24.0.0')
    expect(found.warning).toBe('nodejs 22 is not installed: nodejs 24.0.0 is used instead')
  })

  test('the minor counts for Python and PHP', async () => {
    await install('usr/bin/python3.11', 'Python 3.11.2')
    await install('usr/bin/python3.9', 'Python 3.9.18')
    await install('usr/bin/php8.2', 'PHP 8.2.20 (cli)')
    const all = runtimes([])
    expect((await all.resolve({ name: 'python', version: '3.9' })).description).toBe('python 3.9.18')
    expect((await all.resolve({ name: 'python', version: '3.10' })).warning).toContain('python 3.11.2 is used instead')
    expect((await all.resolve({ name: 'php', version: '8.1' })).warning).toContain('php 8.2.20')
    expect((await all.resolve({ name: 'php', version: '8' })).warning).toBeUndefined()
  })

  test('the highest of all when none is asked for', async () => {
    await install('a/node', 'v20.1.0')
    await install('b/node', 'v24.0.0')
    expect((await runtimes(['a', 'b']).resolve({ name: 'nodejs' })).description).toBe('nodejs 24.0.0')
  })

  test('shims of version managers are no version', async () => {
    await install('home/.pyenv/shims/python3', 'Python 3.13.0')
    await install('usr/bin/python3', 'Python 3.11.2')
    expect((await runtimes(['home/.pyenv/shims']).resolve({ name: 'python' })).description).toBe('python 3.11.2')
  })

  test('what other users cannot reach is passed over where builds have a user of their own', async () => {
    await install('usr/bin/node', 'v20.1.0')
    await install('private/node', 'v22.0.0')
    await chmod(join(root, 'private'), 0o700)
    expect(
      (await runtimes(['private'], { unprivileged: true }).resolve({ name: 'nodejs', version: '22' })).description,
    ).toBe('nodejs 20.1.0')
    expect((await runtimes(['private']).resolve({ name: 'nodejs', version: '22' })).description).toBe('nodejs 22.0.0')
  })
})

test('command names that would lead to another version get an alias', async () => {
  const chosen = await install('usr/bin/python3.9', 'Python 3.9.18')
  await install('usr/bin/python3.11', 'Python 3.11.2')
  await symlink('python3.11', join(root, 'usr/bin/python3'))
  const found = await runtimes([]).resolve({ name: 'python', version: '3.9' })
  expect(found.aliases).toEqual({ python: chosen, python3: chosen })
})

test('a runtime that is not there at all is named with how to install it', async () => {
  const missing = runtimes([]).resolve({ name: 'php', version: '8.2' })
  await expect(missing).rejects.toMatchObject({
    code: 'failed.tool-missing',
    suggestions: ['apt-get install php-cli', expect.any(String)],
  })
})

test('static and shell need nothing', async () => {
  expect(await runtimes([]).resolve({ name: 'static' })).toMatchObject({ description: 'static', directories: [] })
})
