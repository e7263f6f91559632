import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod/mini'
import { createWorkspace, type Workspace } from '../helpers/workspace.ts'

const AT = ['-p', 'shop', '-e', 'main']
const document = z.object({ error: z.object({ code: z.string(), suggestions: z.array(z.string()) }) })

interface Wrong {
  readonly what: string
  readonly args: readonly string[]
  readonly code: string
  readonly exitCode: number
  /** What the message or a suggestion says. */
  readonly text: string
  readonly environment?: Readonly<Record<string, string>>
}

const wrong: readonly Wrong[] = [
  { args: ['foo'], code: 'usage.command', exitCode: 2, text: 'foo is not a command', what: 'an unknown command' },
  { args: ['services', '--projct', 'x'], code: 'usage.flag', exitCode: 2, text: '--project', what: 'an unknown flag' },
  { args: ['services', '-p'], code: 'usage.flag', exitCode: 2, text: 'expects a value', what: 'a missing value' },
  {
    args: ['deploy', '--build', 'bld_1', '--build-only'],
    code: 'usage.flag',
    exitCode: 2,
    text: 'cannot also be provided',
    what: 'flags that exclude each other',
  },
  { args: ['audit', '-n', '0'], code: 'usage.flag', exitCode: 2, text: 'greater than', what: 'a number out of range' },
  {
    args: ['logs', '--level', 'loud', ...AT],
    code: 'usage.flag',
    exitCode: 2,
    text: 'warning',
    what: 'a wrong choice',
  },
  { args: ['deploy', '--timeout', 'soon'], code: 'usage.flag', exitCode: 2, text: 'timeout', what: 'a wrong duration' },
  {
    args: ['variables', 'set', 'A=@/nowhere/file', ...AT],
    code: 'not-found.file',
    exitCode: 5,
    text: '/nowhere/file cannot be read',
    what: 'a file that cannot be read',
  },
  {
    args: ['projects', '--account', 'locl'],
    code: 'not-found.account',
    exitCode: 5,
    text: 'nearest: local',
    what: 'an unknown account',
  },
  {
    args: ['projects', 'delete', 'shop'],
    code: 'usage.input-required',
    exitCode: 2,
    text: '--confirm shop',
    what: 'a question under --json',
  },
  ...['projects', 'config set accessible=true', 'tokens'].map(command => ({
    args: command.split(' '),
    code: 'usage.home',
    environment: { ALOFT_HOME: '/proc/aloft' },
    exitCode: 2,
    text: 'set ALOFT_HOME',
    what: `a home that cannot be written, for ${command}`,
  })),
]

describe('wrong usage', () => {
  let workspace: Workspace

  beforeAll(async () => {
    workspace = createWorkspace()
    await workspace.json(['projects', 'create', 'shop'])
  })
  afterAll(() => workspace?.close())

  it.each(wrong)('of $what ends with $exitCode and $code, in text and as JSON', async each => {
    const { args, code, environment = {}, exitCode, text } = each
    const human = await workspace.aloft(args, { environment })
    const json = await workspace.aloft([...args, '--json'], { environment })

    expect([human.exitCode, json.exitCode]).toEqual([exitCode, exitCode])
    expect(human.stdout).toBe('')
    expect(human.stderr).toContain(text)
    expect(human.stderr).toContain(code)
    expect(z.parse(document, JSON.parse(json.stdout)).error.code).toBe(code)
  })

  it('of a home where nothing can be made keeps no command from ending that needs none', async () => {
    const environment = { ALOFT_HOME: '/proc/aloft' }

    expect(await workspace.aloft(['explain', 'failed.health'], { environment })).toMatchObject({ exitCode: 0 })
  })

  it('of a directory whose link is broken names the file, and what needs no link goes on', async () => {
    const directory = join(workspace.directory, 'linked')
    mkdirSync(join(directory, '.aloft'), { recursive: true })
    writeFileSync(join(directory, '.aloft/link.json'), '{')

    const services = await workspace.aloft(['services'], { cwd: directory })
    expect(services.exitCode).toBe(2)
    expect(services.stderr).toContain(join(directory, '.aloft/link.json'))
    expect(await workspace.aloft(['config'], { cwd: directory })).toMatchObject({ exitCode: 0 })
  })

  it('of accounts that this user may not read names the file', async ({ skip }) => {
    skip(process.getuid?.() === 0, 'root may read everything')
    const file = join(workspace.home, 'config/accounts.json')
    writeFileSync(file, '{"accounts":[]}')
    chmodSync(file, 0)

    expect(await workspace.aloft(['whoami', '--account', 'work'])).toMatchObject({ exitCode: 2 })
  })
})
