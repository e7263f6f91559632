import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTerminal } from '../helpers/pseudo-terminal.ts'
import { APP_WITH_UPLOADS, writeFiles } from '../helpers/small-app.ts'
import { createWorkspace, environmentOf, repository, type Workspace } from '../helpers/workspace.ts'

const SHOP = ['-p', 'shop', '-e', 'main']
const TOYS = ['-p', 'toys', '-e', 'main']

describe('backups with the built command', () => {
  let workspace: Workspace
  let id: string

  beforeAll(async () => {
    workspace = createWorkspace()
    const app = writeFiles(workspace, 'app', APP_WITH_UPLOADS)
    for (const at of [SHOP, TOYS]) await workspace.json(['deploy', app, ...at])
    await shell(
      SHOP,
      "echo precious > uploads/a.txt; mkdir uploads/deep; head -c 3000000 /dev/urandom > 'uploads/deep/ü b'",
    )
    await shell(TOYS, 'echo other > uploads/mine.txt')
    id = (await workspace.aloft(['backup', ...SHOP, '--label', 'of the test'])).stdout.trim()
  })
  afterAll(() => workspace?.close())

  it('lists what it made, and proves that it can be restored', async () => {
    expect(await workspace.json(['backup', 'list', ...SHOP])).toMatchObject([
      { contents: [{ files: 2, kind: 'volume' }], id, label: 'of the test', reason: 'manual', state: 'complete' },
    ])

    const { exitCode, stdout } = await workspace.aloft(['backup', 'verify', id])

    expect([exitCode, stdout]).toEqual([0, `${id} can be restored\n`])
    expect(await workspace.json(['backup', 'show', id])).toMatchObject({
      verification: { problems: [], result: 'passed' },
    })
  })

  it('moves a project’s data into another one as a file, with a way back', async () => {
    const file = join(workspace.directory, 'shop.tar')
    await workspace.json(['backup', 'download', 'latest', ...SHOP, '-o', file])
    const uploaded = (await workspace.aloft(['backup', 'upload', file, ...TOYS])).stdout.trim()
    const before = await listing(TOYS)

    const restored = await workspace.aloft(['restore', uploaded, '--to', 'toys:main', '--confirm', 'main'])

    expect(restored.stderr).toContain('safety backup')
    expect(await listing(TOYS)).toBe(await listing(SHOP))
    const safety = /aloft restore (bkp_\w+)/.exec(restored.stderr)?.[1] ?? ''
    await workspace.json(['restore', safety, '--to', 'toys:main', '--confirm', 'main'])
    expect(await listing(TOYS)).toBe(before)
  })

  it('writes to stdout what tar reads, and nothing to a terminal', async () => {
    const cli = join(repository, 'bin/run.js')
    const environment = { ...environmentOf(process.env), ALOFT_HOME: workspace.home }
    const names = execFileSync('bash', ['-c', `'${process.execPath}' '${cli}' backup download ${id} -o - | tar t`], {
      encoding: 'utf8',
      env: environment,
      stdio: ['ignore', 'pipe', 'ignore'],
    })

    expect(names.split('\n')[0]).toBe('manifest.json')
    expect(names).toMatch(/^volumes\/.*\.tar\.zst$/m)
    const terminal = openTerminal(workspace, ['backup', 'download', id, '-o', '-'])
    expect(await terminal.ended).toBe(2)
    expect(terminal.text()).toContain('stdout is a terminal: a backup is no text')
  })

  it('makes none of nothing', async () => {
    await workspace.aloft(['environments', 'create', 'bare', '-p', 'shop'])

    const ofNothing = await workspace.aloft(['backup', '-p', 'shop', '-e', 'bare'])
    const ofNoDatabase = await workspace.aloft(['backup', ...SHOP, '--only', 'database'])

    expect([ofNothing.exitCode, ofNoDatabase.exitCode]).toEqual([7, 7])
    expect(ofNothing.stderr).toContain('conflict.no-data')
    expect(ofNoDatabase.stderr).toContain('the environment has no database')
    expect(await workspace.json(['backup', 'list', '-p', 'shop', '-e', 'bare'])).not.toContainEqual(
      expect.objectContaining({ state: 'complete' }),
    )
  })

  it('refuses a damaged file before anything is touched', async () => {
    const [file, damaged] = ['shop.tar', 'damaged.tar'].map(name => join(workspace.directory, name))
    const bytes = readFileSync(file ?? '')
    writeFileSync(damaged ?? '', bytes.with(1_000_000, bytes.readUInt8(1_000_000) ^ 1))
    const before = await listing(TOYS)

    const { exitCode, stderr } = await workspace.aloft(['backup', 'upload', damaged ?? '', ...TOYS])

    expect(exitCode).toBe(7)
    expect(stderr).toContain('failed.verify')
    expect(await listing(TOYS)).toBe(before)
  })

  async function shell(at: readonly string[], script: string): Promise<string> {
    return (await workspace.aloft(['exec', ...at, 'web', '--', 'sh', '-c', script])).stdout
  }

  function listing(at: readonly string[]): Promise<string> {
    return shell(at, "cd uploads && find . -type f -exec sha256sum '{}' + | sort")
  }
})
