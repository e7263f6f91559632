import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod/mini'
import { createWorkspace, type CliResult, type Workspace } from '../helpers/workspace.ts'

const SERVER = "require('node:http').createServer((q, r) => r.end('ok')).listen(process.env.PORT)\n"
const TARGET = ['--project', 'app', '--environment', 'main']

type Files = Readonly<Record<string, string>>

interface WrongFiles {
  readonly what: string
  readonly files: Files
  readonly code: string
  readonly texts: readonly string[]
}

const wrongFiles: readonly WrongFiles[] = [
  {
    code: 'usage.config',
    files: { 'aloft.yaml': 'applications:\n  web:\n    web: {commands: {start: x\n  other: [\n' },
    texts: ['aloft.yaml:4:', 'aloft.yaml:5:'],
    what: 'broken YAML, in two places',
  },
  {
    code: 'usage.config',
    files: {
      'aloft.yaml': `applications:
  web:
    typ: nodejs:24
    type: 5
    web: {commands: {strat: x}}
    scale: lots
routes: 7
`,
    },
    texts: [
      'aloft.yaml:3:5',
      'did you mean "type"',
      'aloft.yaml:4:5',
      'aloft.yaml:5:22',
      'expected a number',
      'aloft.yaml:7:',
    ],
    what: 'unknown keys and wrong types',
  },
  {
    code: 'usage.config',
    files: { 'aloft.yaml': 'applications:\n  all:\n    type: nodejs:24\n    web: {commands: {start: x}}\n' },
    texts: ['aloft.yaml:', '"all" is reserved'],
    what: 'a reserved name',
  },
  {
    code: 'usage.config',
    files: {
      'a/LCP.json': '{"id": "same", "command": ["x"]}',
      'b/LCP.json': '{"id": "b" "scale": 2,}',
      'c/LCP.json': '{"id": "same", "command": ["x"]}',
    },
    texts: ['b/LCP.json:1:12', 'c/LCP.json:1:8', '"same" is there twice'],
    what: 'broken JSON beside duplicate ids',
  },
  {
    code: 'usage.config',
    files: {
      'a/LCP.json': '{"id": "api", "command": ["x"], "dependencies": ["web"]}',
      'b/LCP.json': '{"id": "web", "command": ["x"], "dependencies": ["api", "apii"]}',
    },
    texts: ['LCP.json:1:', 'api -> web -> api', 'did you mean "api"'],
    what: 'dependencies that go in a circle or are misspelt',
  },
  {
    code: 'usage.config',
    files: {
      'aloft.yaml': `applications:
  web:
    type: nodejs:24
    relationships: {database: 'dbs:postgresql'}
    web: {commands: {start: x}}
services:
  db: {type: postgres-sql:15}
`,
    },
    texts: ['aloft.yaml:4:', 'did you mean "db"', 'aloft.yaml:7:', 'did you mean "postgresql"'],
    what: 'services of a type that is not known, and relationships to what is not there',
  },
  {
    code: 'usage.config-unsupported',
    files: { 'db/LCP.json': '{"id": "db", "image": "mysql:8"}' },
    texts: ['mysql:8'],
    what: 'an image',
  },
]

describe('bad input', () => {
  let workspace: Workspace

  beforeAll(async () => {
    workspace = createWorkspace()
    const source = write('app', {
      'package.json': JSON.stringify({ name: 'app', scripts: { start: 'node server.js' } }),
      'server.js': SERVER,
    })
    await workspace.json(['deploy', source, ...TARGET])
  })
  afterAll(() => workspace?.close())

  it.each(wrongFiles)('refuses $what, all places at once, before anything is sent', async ({ code, files, texts }) => {
    const answer = await failing(['deploy', write('wrong', files), '--project', 'wrong'])

    expect(answer).toMatchObject({ code, exitCode: 2 })
    for (const text of texts) expect(answer.message).toContain(text)
    expect(answer.stderr).not.toContain('sent')
    await expectOnlyApp()
  })

  it.each([
    { args: ['services', '-p', 'appp', '-e', 'main'], nearest: 'app', what: 'project' },
    { args: ['services', '-p', 'app', '-e', 'mian'], nearest: 'main', what: 'environment' },
    { args: ['logs', 'wbe', ...TARGET], nearest: 'web', what: 'service' },
    { args: ['restart', 'wbe', ...TARGET], nearest: 'web', what: 'service' },
    { args: ['scale', 'wbe=2', ...TARGET], nearest: 'web', what: 'service' },
  ])('names the nearest of an unknown $what: $args', async ({ args, nearest, what }) => {
    const answer = await failing(args)

    expect(answer).toMatchObject({ code: `not-found.${what}`, exitCode: 5 })
    expect(answer.message).toContain(`nearest: ${nearest}`)
  })

  it('names the nearest variable and the nearest activity', async () => {
    await workspace.json(['variables', 'set', 'LOG_LEVEL=debug', '--project', 'app', '--level', 'project'])
    const variable = await failing(['variables', 'unset', 'LOG_LEVL', '--project', 'app', '--level', 'project'])
    const [{ id } = { id: '' }] = z.parse(z.array(z.object({ id: z.string() })), await workspace.json(['activities']))
    const activity = await failing(['activities', 'show', id.slice(0, -1)])

    expect(variable).toMatchObject({ code: 'not-found.variable', exitCode: 5 })
    expect(variable.message).toContain('nearest: LOG_LEVEL')
    expect(activity).toMatchObject({ code: 'not-found.activity', exitCode: 5 })
    expect(activity.message).toContain(`nearest: ${id}`)
  })

  it('refuses an unknown build of a project that does not exist, and makes no project', async () => {
    const answer = await failing(['deploy', '--build', 'bld_000000000000000000000000', '-p', 'other', '-e', 'main'])

    expect(answer).toMatchObject({ code: 'not-found.build', exitCode: 5 })
    await expectOnlyApp()
  })

  it.each([
    ['-p', 'Bad_Name'],
    ['-p', 'all'],
    ['-p', 'other', '-e', 'A b'],
  ])('refuses the names %s %s %s %s before it reads anything', async (...names) => {
    const answer = await failing(['deploy', write('fine', { 'index.html': 'hello' }), ...names])

    expect(answer).toMatchObject({ code: 'usage.name', exitCode: 2 })
    expect(answer.stderr).not.toContain('read ')
    await expectOnlyApp()
  })

  it.each(['/', process.env['HOME'] ?? '/root', '/etc', '/tmp'])('does not deploy %s', async directory => {
    for (const names of [[], ['-p', 'other']]) {
      expect(await failing(['deploy', directory, ...names])).toMatchObject({ code: 'usage.source', exitCode: 2 })
    }
    await expectOnlyApp()
  })

  it('names everything in a directory that cannot be part of a source', async () => {
    const directory = write('odd', { 'index.html': 'hello', 'sub/page.html': 'hello' })
    symlinkSync('/etc/passwd', join(directory, 'absolute'))
    symlinkSync('../../up', join(directory, 'sub', 'up'))
    writeFileSync(Buffer.concat([Buffer.from(`${directory}/`), Buffer.from([0x62, 0xff])]), 'x')

    const answer = await failing(['deploy', directory, '-p', 'odd'])

    expect(answer).toMatchObject({ code: 'usage.source', exitCode: 2 })
    for (const text of ['absolute', 'sub/up', 'b\\xff']) expect(answer.message).toContain(text)
    await expectOnlyApp()
  })

  it('refuses a file in place of a directory, and a directory beside a build', async () => {
    const directory = write('file', { 'index.html': 'hello' })

    const file = await failing(['deploy', join(directory, 'index.html'), '-p', 'file'])
    const both = await failing(['deploy', directory, '--build', 'bld_000000000000000000000000', ...TARGET])

    expect(file).toMatchObject({ code: 'usage.source', exitCode: 2 })
    expect(file.message).toContain('is a file')
    expect(both).toMatchObject({ code: 'usage.flag', exitCode: 2 })
    await expectOnlyApp()
  })

  it('refuses an empty directory and one that is not there', async () => {
    const empty = mkdtempSync(join(workspace.directory, 'empty-'))

    expect(await failing(['deploy', empty, '-p', 'empty'])).toMatchObject({ code: 'usage.source', exitCode: 2 })
    expect(await failing(['deploy', join(empty, 'none'), '-p', 'empty'])).toMatchObject({ exitCode: 2 })
    await expectOnlyApp()
  })

  it('serves files whose names have odd but valid characters', async () => {
    const directory = write('names', {
      'index.html': 'hello',
      'new\nline': 'x',
      'tab\tesc\u001B[31mred': 'x',
      ünï: 'x',
    })

    const deployed = await workspace.aloft(['deploy', directory, '-p', 'names', '-e', 'main'])

    expect(deployed).toMatchObject({ exitCode: 0 })
    expect(deployed.stderr).not.toContain('\u001B')
    await workspace.aloft(['projects', 'delete', 'names', '--confirm', 'names'])
  })

  it.each([
    ['--project', ['services'], 'app'],
    ['--environment', ['services', '-p', 'app'], 'main'],
    ['--confirm', ['projects', 'delete', 'app'], 'app'],
    ['--confirm', ['environments', 'delete', 'main', '-p', 'app'], 'main'],
  ])('asks nobody when there is no terminal but names %s and its values (%s)', async (flag, args, value) => {
    const answer = await failing(args)

    expect(answer).toMatchObject({ code: 'usage.input-required', exitCode: 2 })
    expect(answer.message).toContain(flag)
    expect(answer.message).toContain(value)
  })

  it('refuses a secret on the command line', async () => {
    const answer = await failing(['variables', 'set', '--secret', 'KEY=of-the-king', ...TARGET])

    expect(answer).toMatchObject({ code: 'usage.variable', exitCode: 2 })
    expect(answer.stdout + answer.stderr).not.toContain('of-the-king')
    expect(JSON.stringify(await workspace.json(['variables', ...TARGET]))).not.toContain('KEY')
  })

  /** A fresh directory with these files. */
  function write(name: string, files: Files): string {
    const directory = mkdtempSync(join(workspace.directory, `${name}-`))
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(directory, path)), { recursive: true })
      writeFileSync(join(directory, path), text)
    }
    return directory
  }

  async function failing(args: readonly string[]): Promise<CliResult & { code: string; message: string }> {
    const result = await workspace.aloft([...args, '--json'])
    const { error } = z.parse(
      z.object({ error: z.object({ code: z.string(), message: z.string() }) }),
      JSON.parse(result.stdout),
    )
    return { ...result, ...error }
  }

  async function expectOnlyApp(): Promise<void> {
    expect(await workspace.json(['projects'])).toMatchObject([{ name: 'app' }])
    const unfinished = ['queued', 'running', 'waiting']
    const activities = z.parse(
      z.array(z.object({ state: z.string() })),
      await workspace.json(['activities', '-p', 'app']),
    )
    expect(activities.filter(({ state }) => unfinished.includes(state))).toEqual([])
  }
})
