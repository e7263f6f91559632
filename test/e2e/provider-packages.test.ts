import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startTinyCloud, TINY_PACKAGE, TINY_TOKEN, type TinyCloud } from '../helpers/fakes/tiny-cloud.ts'
import { createWorkspace, type Workspace } from '../helpers/workspace.ts'

const PACKAGE = 'aloft-provider-tiny'

describe('a provider from a package', () => {
  let workspace: Workspace
  let cloud: TinyCloud

  beforeEach(async () => {
    workspace = createWorkspace()
    cloud = await startTinyCloud()
  })
  afterEach(async () => {
    await workspace.close()
    await cloud.close()
  })

  it('is named once in the settings, logged in to, and used like any other', async () => {
    cpSync(TINY_PACKAGE, join(workspace.home, 'config/node_modules', PACKAGE), { recursive: true })

    expect(await workspace.aloft(['config', 'set', `provider-packages=${PACKAGE}`])).toMatchObject({ exitCode: 0 })
    const login = ['login', '--provider', 'tiny', '--url', cloud.url, '--name', 'notes', '--token-stdin']
    expect(await workspace.aloft(login, { input: TINY_TOKEN })).toMatchObject({ exitCode: 0 })

    expect(await workspace.json(['projects', '--provider', 'tiny'])).toEqual([
      { id: 'p1', name: 'notes', title: 'Notes' },
    ])
    const unknown = await workspace.aloft(['environments', 'show', 'mian', '-p', 'notes'])
    expect(unknown.exitCode).toBe(5)
    expect(unknown.stderr).toContain('there is no environment "mian"')
    const refused = await workspace.aloft(['logs', '-p', 'notes', '-e', 'main'])
    expect(refused.exitCode).toBe(9)
    expect(refused.stderr).toContain('Tiny Cloud has no logs')
  })

  it.each([
    ['is not there', undefined, 'cannot be read', 'npm install --prefix'],
    ['is no provider', { name: PACKAGE }, 'does not describe a provider', 'apiVersion'],
    [
      'is for another version',
      { aloft: { apiVersion: 2, entry: 'x.js', provider: 'tiny' } },
      'is needed',
      'apiVersion',
    ],
    ['has no entry', { aloft: { apiVersion: 1, entry: 'x.js', provider: 'tiny' } }, 'cannot be loaded', 'x.js'],
  ])('that %s is named, with what to do', async (...[_what, manifest, problem, hint]) => {
    const directory = join(workspace.home, 'config/node_modules', PACKAGE)
    mkdirSync(directory, { recursive: true })
    if (manifest) writeFileSync(join(directory, 'package.json'), JSON.stringify(manifest))
    const environment = { ALOFT_ADDRESS: cloud.url, ALOFT_PROVIDER_PACKAGES: PACKAGE, ALOFT_TOKEN: 'x' }

    const { exitCode, stderr } = await workspace.aloft(['projects', '--provider', 'tiny'], { environment })

    expect(exitCode).toBe(2)
    expect(stderr).toContain(PACKAGE)
    expect(stderr).toContain(problem)
    expect(stderr).toContain(hint)
  })

  it('of a name that no package has is refused with the names there are', async () => {
    const environment = { ALOFT_PROVIDER_PACKAGES: TINY_PACKAGE }
    const { exitCode, stderr } = await workspace.aloft(['projects', '--provider', 'tinny'], { environment })

    expect(exitCode).toBe(2)
    expect(stderr).toContain('there is no provider "tinny"; there are: tiny, platform')
  })
})
