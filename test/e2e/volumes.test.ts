import { randomBytes } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod/mini'
import { startCuttingProxy, startRequestCuttingProxy } from '../helpers/cutting-proxy.ts'
import { notesAt, writeNotesApp } from '../helpers/notes-app.ts'
import { filesBelow, runFailing, urlOf, writeFiles } from '../helpers/small-app.ts'
import { createWorkspace, type Workspace } from '../helpers/workspace.ts'

const platform = z.object({ addresses: z.object({ api: z.string() }) })
const transfer = z.object({ files: z.number(), unchanged: z.number() })
const TARGET = ['--project', 'notes', '--environment', 'main']

/** One application with one volume, in the order of a day. */
describe('files of a volume', () => {
  let workspace: Workspace
  let source: string
  let url: string

  beforeAll(async () => {
    workspace = createWorkspace()
    source = writeNotesApp(workspace)
    await workspace.json(['deploy', source, ...TARGET])
    url = await urlOf(workspace, 'notes')
    await notesAt(url, 'add?one')
  })
  afterAll(() => workspace.close())

  it('are listed with who mounts them and what they take', async () => {
    const mounts = [{ path: 'data', service: 'notes' }]
    expect(await workspace.json(['volumes', ...TARGET])).toEqual([
      { bytes: expect.any(Number), files: 1, mounts, name: 'notes', quotaBytes: 1024 * 1024, enforced: false },
    ])
  })

  it('come to a directory, then only what differs', async () => {
    const copy = join(workspace.directory, 'copy')
    const first = await workspace.json(['volumes', 'download', 'notes', '-o', copy, ...TARGET])
    expect(first).toMatchObject({ bytes: 3, files: 1, unchanged: 0 })
    expect(readFileSync(join(copy, 'one'), 'utf8')).toBe('one')

    await notesAt(url, 'add?two-more')
    writeFileSync(join(copy, 'one'), 'ONE')
    writeFileSync(join(copy, 'own'), 'mine')
    const second = await workspace.json(['volumes', 'download', 'notes', '-o', copy, ...TARGET])
    expect(second).toMatchObject({ bytes: 11, files: 2, removed: 0, unchanged: 0 })
    expect(readFileSync(join(copy, 'one'), 'utf8')).toBe('one')

    const plan = await workspace.json(['volumes', 'download', 'notes', '-o', copy, '--delete', '--dry-run', ...TARGET])
    expect(plan).toMatchObject({ steps: [{ action: 'delete', name: 'own' }] })
    const third = await workspace.json(['volumes', 'download', 'notes', '-o', copy, '--delete', ...TARGET])
    expect(third).toMatchObject({ bytes: 0, files: 0, removed: 1, unchanged: 2 })
    expect(readdirSync(copy).toSorted()).toEqual(['one', 'two-more'])
  })

  it('go up from a directory, then only what differs, and are deleted where it is asked for', async () => {
    const large = Buffer.alloc(3_000_000, 'x')
    const files = { 'deep/down/here.txt': 'deep', large, 'with space\tand tab': 'odd' }
    const directory = writeFiles(workspace, 'up', files)
    symlinkSync('/etc/passwd', join(directory, 'link'))
    const first = await workspace.json(['volumes', 'upload', directory, 'notes', ...TARGET])
    expect(first).toMatchObject({ bytes: 3_000_007, files: 3, passedOver: 1, removed: 0 })
    expect((await workspace.aloft(['volumes', ...TARGET])).stderr).toContain(
      'volume notes takes 3.0 MB, more than the 1.0 MB that the project files ask for',
    )
    expect(await notesAt(url)).toBe('1 deep large one two-more with space\tand tab')
    await notesAt(url, 'add?written-after')

    writeFileSync(join(directory, 'large'), 'smaller')
    const second = await workspace.json(['volumes', 'upload', directory, 'notes', '--delete', ...TARGET])
    expect(second).toMatchObject({ bytes: 7, files: 1, removed: 3, unchanged: 2 })
    expect(await notesAt(url)).toBe('1 deep large with space\tand tab')
    expect((await workspace.aloft(['volumes', 'upload', directory, 'notes', ...TARGET])).stdout).toBe(
      '0 files sent (0 B), 3 unchanged, 0 deleted\n1 passed over: links and what else is no file\n',
    )
  })

  it('never leave the directory that they were asked into', async () => {
    const elsewhere = join(workspace.directory, 'elsewhere')
    mkdirSync(elsewhere)
    const copy = join(workspace.directory, 'trap')
    mkdirSync(copy)
    symlinkSync(elsewhere, join(copy, 'deep'))

    const { code, exitCode, message } = await runFailing(workspace, [
      'volumes',
      'download',
      'notes',
      '-o',
      copy,
      ...TARGET,
    ])

    expect([exitCode, code]).toEqual([2, 'usage.volume-path'])
    expect(message).toContain(join(copy, 'deep'))
    expect(filesBelow(elsewhere)).toEqual([])
  })

  it('say what is wrong with what was asked for', async () => {
    const unknown = await runFailing(workspace, ['volumes', 'download', 'notse', ...TARGET])
    expect([unknown.exitCode, unknown.code, unknown.suggestions]).toEqual([5, 'not-found.volume', ['notes']])
    const absent = await runFailing(workspace, ['volumes', 'upload', 'nowhere', 'notes', ...TARGET])
    expect([absent.exitCode, absent.code]).toEqual([5, 'not-found.file'])
  })

  it('outlive a redeploy, and a mount that is taken away for a while', async () => {
    const before = await notesAt(url)
    await workspace.json(['deploy', source, ...TARGET, '--variable', 'VERSION=2'])
    expect(await notesAt(url)).toBe(before.replace('1', '2'))

    const configuration = readFileSync(join(source, 'aloft.yaml'), 'utf8')
    writeFileSync(join(source, 'aloft.yaml'), configuration.replace('data: {source: storage', 'other: {source: tmp'))
    writeFileSync(join(source, 'data'), 'no directory any more')
    const bare = "require('node:http').createServer((q, r) => r.end('bare')).listen(process.env.PORT)"
    const server = readFileSync(join(source, 'server.js'), 'utf8')
    writeFileSync(join(source, 'server.js'), bare)
    await workspace.json(['deploy', source, ...TARGET])
    expect(await notesAt(url)).toBe('bare')
    expect(await workspace.json(['volumes', ...TARGET])).toMatchObject([{ files: 3, mounts: [], name: 'notes' }])

    rmSync(join(source, 'data'))
    writeFileSync(join(source, 'aloft.yaml'), configuration)
    writeFileSync(join(source, 'server.js'), server)
    await workspace.json(['deploy', source, ...TARGET])
    expect(await notesAt(url)).toBe(before.replace('1', '2'))
  })

  it.each([
    ['upload', startRequestCuttingProxy],
    ['download', startCuttingProxy],
  ] as const)('are sent where they are still missing, once a cut %s is repeated', async (direction, startProxy) => {
    const names = Array.from({ length: 8 }, (_, index) => `${direction}-${index}`)
    const files = Object.fromEntries(names.map(name => [name, randomBytes(1_000_000)]))
    const directory = writeFiles(workspace, `cut-${direction}`, files)
    if (direction === 'download') await workspace.json(['volumes', 'upload', directory, 'notes', ...TARGET])
    const copy = join(workspace.directory, 'cut-copy')
    const argv = [
      'volumes',
      ...(direction === 'upload' ? ['upload', directory, 'notes'] : ['download', 'notes', '-o', copy]),
    ]
    const { token } = z.parse(z.object({ token: z.string() }), await workspace.json(['tokens', 'create', direction]))
    const { addresses } = z.parse(platform, await workspace.json(['platform', 'status']))
    const proxy = await startProxy(new URL(addresses.api), 1, () => 4_000_000)
    const environment = { ALOFT_ADDRESS: proxy.url, ALOFT_TOKEN: token }

    const cut = await runFailing(workspace, [...argv, ...TARGET], { environment })
    expect([cut.exitCode, cut.code, proxy.cuts()]).toEqual([75, 'unavailable.network', 1])
    const rest = z.parse(transfer, await workspace.json([...argv, ...TARGET], { environment }))
    await proxy.close()

    // some were whole when it was cut
    expect(rest.unchanged).toBeGreaterThan(0)
    expect(rest.files).toBeGreaterThan(0)
    expect(await workspace.json([...argv, ...TARGET])).toMatchObject({ bytes: 0, files: 0 })
  })
})
