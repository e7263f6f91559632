import { mkdirSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { answer } from '../../../../../src/lib/cli/completion/answer.ts'
import { writeLiveNames } from '../../../../../src/lib/cli/completion/live-names.ts'
import type { RefreshRequest } from '../../../../../src/lib/cli/completion/refresh-names.ts'
import { type ManifestCommand, toCompletionData } from '../../../../../src/lib/cli/completion/to-completion-data.ts'
import { openAccounts } from '../../../../../src/lib/providers/accounts.ts'
import { makeDirectory } from '../../../../helpers/cli/run-command.ts'

const flag = (name: string, more: object = {}): Record<string, ManifestCommand['flags'][string]> => ({
  [name]: { description: `the ${name}`, name, type: 'option', ...more },
})
const target = {
  ...flag('project', { char: 'p', env: 'ALOFT_PROJECT' }),
  ...flag('environment', { char: 'e', env: 'ALOFT_ENVIRONMENT' }),
  ...flag('account', { env: 'ALOFT_ACCOUNT', helpGroup: 'GLOBAL' }),
  ...flag('provider', { helpGroup: 'GLOBAL' }),
}
const commands: readonly ManifestCommand[] = [
  {
    args: { path: { name: 'path' } },
    flags: {
      ...target,
      ...flag('strategy', { options: ['rolling', 'recreate'] }),
      ...flag('variable', { multiple: true }),
      ...flag('secret-flag', { hidden: true }),
      ...flag('report', { helpValue: 'FILE' }),
      ...flag('dry-run', { type: 'boolean' }),
    },
    id: 'deploy',
    summary: 'deploy a directory',
  },
  { aliases: ['projects:list'], args: {}, flags: target, id: 'projects', summary: 'list projects' },
  { args: { name: { name: 'name' } }, flags: target, id: 'projects:show', summary: 'show one' },
  { args: { service: { name: 'service' } }, flags: target, id: 'exec', summary: 'run a command' },
  { args: { service: { name: 'service' } }, flags: target, id: 'tunnel', summary: 'a port' },
  ...['dump', 'shell', 'tunnel'].map(name => ({
    args: { service: { name: 'service' } },
    flags: { ...target, ...flag('service') },
    id: `db:${name}`,
    summary: `${name} of a database`,
  })),
  { args: {}, flags: target, id: 'scale', strict: false, summary: 'how many' },
  { args: {}, flags: target, id: 'logs', strict: false, summary: 'logs' },
  { args: { code: { name: 'code' } }, flags: {}, id: 'explain', summary: 'explain a code' },
  { args: { name: { name: 'name' } }, flags: {}, hidden: true, id: 'inner', summary: 'not for people' },
  { args: { command: { name: 'command' } }, flags: {}, id: 'help', strict: false, summary: 'show help' },
]
const data = toCompletionData({
  commands,
  pages: [{ description: 'numbers', value: 'exit-codes' }],
  topics: { platform: { description: 'this machine' }, projects: { description: 'projects' } },
  values: {
    'error-codes': [{ description: 'It is not well.', value: 'failed.health' }],
    providers: [{ description: '', value: 'platform' }],
  },
})

describe('completion', () => {
  let home = ''
  let directory = ''
  let refreshed: RefreshRequest[] = []

  beforeEach(async () => {
    home = await makeDirectory()
    directory = join(home, 'work')
    mkdirSync(directory)
    refreshed = []
    const names = join(home, 'cache', 'completion')
    const write = (kind: Parameters<typeof writeLiveNames>[1], ...of: string[]): void =>
      writeLiveNames(
        names,
        kind,
        of.map(value => ({ description: `about ${value}`, value })),
      )
    write({ account: 'local', kind: 'projects' }, 'shop', 'shoes')
    write({ account: 'local', kind: 'environments', project: 'shop' }, 'main', 'staging')
    write({ account: 'local', kind: 'environments', project: 'shoes' }, 'left')
    write({ account: 'local', environment: 'main', kind: 'services', project: 'shop' }, 'web', 'worker')
    write({ account: 'local', environment: 'main', kind: 'managed-services', project: 'shop' }, 'data', 'queue')
    write({ account: 'local', environment: 'main', kind: 'databases', project: 'shop' }, 'data')
    write({ account: 'work', kind: 'projects' }, 'office')
  })

  function ask(words: readonly string[], environment: NodeJS.ProcessEnv = {}): string[] {
    const options = { data, directory, refresh: (request: RefreshRequest) => void refreshed.push(request) }
    return answer(words, { ALOFT_HOME: home, ...environment }, options)
      .split('\n')
      .slice(0, -1)
  }

  /** What fish is offered, without descriptions. */
  function values(...words: string[]): string[] {
    return ask(['fish', ...words])
      .slice(1)
      .map(line => line.split('\t')[0] ?? '')
  }

  it.each<[string[], string[]]>([
    [[''], ['db', 'deploy', 'exec', 'explain', 'help', 'logs', 'platform', 'projects', 'scale', 'tunnel']],
    [
      ['projects', ''],
      ['list', 'show'],
    ],
    [
      ['help', ''],
      ['db', 'deploy', 'exec', 'explain', 'help', 'logs', 'platform', 'projects', 'scale', 'tunnel', 'exit-codes'],
    ],
    [
      ['help', 'projects', ''],
      ['list', 'show'],
    ],
    [
      ['projects', 'show', ''],
      ['shop', 'shoes'],
    ],
    [
      ['projects', 'show', 'shop', ''],
      ['--project', '--environment', '--account', '--provider', '--help'],
    ],
    [
      ['deploy', '-p', ''],
      ['shop', 'shoes'],
    ],
    [
      ['deploy', '--project', ''],
      ['shop', 'shoes'],
    ],
    [
      ['deploy', '--project='],
      ['--project=shop', '--project=shoes'],
    ],
    [
      ['deploy', '-p', 'shop', '-e', ''],
      ['main', 'staging'],
    ],
    [['deploy', '-pshoes', '-e', ''], ['left']],
    [
      ['deploy', '--project=shoes', '--project', 'shop', '--environment='],
      ['--environment=main', '--environment=staging'],
    ],
    [['deploy', '-e', ''], []],
    [
      ['deploy', '--strategy', ''],
      ['rolling', 'recreate'],
    ],
    [['deploy', '--variable', ''], []],
    [['deploy', '--provider', ''], ['platform']],
    [['explain', ''], ['failed.health']],
    [
      ['exec', '-p', 'shop', '-e', 'main', ''],
      ['web', 'worker'],
    ],
    [
      ['tunnel', '-p', 'shop', '-e', 'main', ''],
      ['data', 'queue'],
    ],
    [['db', 'dump', '-p', 'shop', '-e', 'main', ''], ['data']],
    [['db', 'shell', '-p', 'shop', '-e', 'main', ''], ['data']],
    [['db', 'shell', '-p', 'shop', '-e', 'main', '--service', ''], ['data']],
    [['db', 'tunnel', '-p', 'shop', '-e', 'main', ''], ['data']],
    [['exec', '-p', 'shop', '-e', 'main', 'web', '--', ''], []],
    [['exec', '-p', 'shop', '-e', 'main', 'web', '--', '-'], []],
    [
      ['scale', '-p', 'shop', '-e', 'main', 'web=2', ''],
      ['web=', 'worker='],
    ],
    [
      ['logs', '-p', 'shop', '-e', 'main', 'web', ''],
      ['web', 'worker'],
    ],
    [['nonsense', ''], []],
    [
      ['projects', 'nonsense', ''],
      ['--project', '--environment', '--account', '--provider', '--help'],
    ],
    [['inner', ''], []],
  ])('offers after %j: %j', (words, offered) => {
    expect(values(...words)).toEqual(offered)
  })

  it('offers flags that may still be given, those of every command last', () => {
    expect(values('deploy', '-p', 'shop', '--dry-run', '--variable', 'A=1', '-')).toEqual([
      '--environment',
      '--strategy',
      '--variable',
      '--report',
      '--account',
      '--provider',
      '--help',
    ])
  })

  it('says what things are where the shell can show it', () => {
    expect(ask(['fish', 'proj'])).toContain('projects\tprojects')
    expect(ask(['zsh', 'projects', ''])).toContain('show:show one')
    expect(ask(['powershell', 'aloft deploy --pro'])).toContain('--project\t--project\tthe project')
  })

  it('leaves paths to the shell', () => {
    expect(ask(['bash', 'aloft deploy ', ''])).toEqual(['directories'])
    expect(ask(['bash', 'aloft deploy --report ', ''])).toEqual(['files'])
  })

  it('asks for no space after what goes on', () => {
    expect(ask(['zsh', 'scale', '-p', 'shop', '-e', 'main', ''])[0]).toBe('nospace')
  })

  it('takes project and environment from the linked directory, and the link’s environment only with its project', () => {
    mkdirSync(join(home, '.aloft'))
    writeFileSync(
      join(home, '.aloft', 'link.json'),
      JSON.stringify({ environment: 'main', project: 'shop', version: 1 }),
    )

    expect(values('exec', '')).toEqual(['web', 'worker'])
    expect(values('exec', '-p', 'shoes', '')).toEqual([])
  })

  it('takes project and account from the environment’s variables', () => {
    const offered = (...words: string[]): string[] => ask(['fish', ...words], { ALOFT_PROJECT: 'shoes' })

    expect(offered('deploy', '-e', '')).toEqual(['values', 'left\tabout left'])
    expect(ask(['fish', 'deploy', '-p', ''], { ALOFT_ACCOUNT: 'work' })).toEqual(['values', 'office\tabout office'])
  })

  it('offers accounts, and the projects of the one in use', async () => {
    const accounts = openAccounts({ ALOFT_HOME: home })
    await accounts.add({ address: 'https://cloud.example', name: 'work', provider: 'platform' }, { token: 'x' })

    expect(values('deploy', '--account', '')).toEqual(['local', 'work'])
    expect(values('deploy', '-p', '')).toEqual(['office'])
    expect(values('deploy', '--account', 'local', '-p', '')).toEqual(['shop', 'shoes'])
  })

  it('has old names fetched again and offers them meanwhile', () => {
    expect(values('deploy', '-p', '')).toEqual(['shop', 'shoes'])
    expect(refreshed).toEqual([])

    utimesSync(join(home, 'cache', 'completion', 'projects@local.json'), 0, 0)
    expect(values('deploy', '-p', '')).toEqual(['shop', 'shoes'])
    values('deploy', '-p', 'new', '-e', '')

    expect(refreshed).toEqual([
      { account: 'local', environment: undefined, project: undefined },
      { account: 'local', environment: undefined, project: 'new' },
    ])
  })

  it.each([
    ['broken JSON', '[{'],
    ['another shape', '{"a": 1}'],
    ['other items', '[1, {"value": 2}]'],
  ])('offers nothing from a list of names that is %s', (_what, text) => {
    writeFileSync(join(home, 'cache', 'completion', 'projects@local.json'), text)

    expect(ask(['fish', 'deploy', '-p', ''])).toEqual(['values'])
  })

  it.each([[[]], [['csh', '']], [['bash']], [['zsh']]])('never fails: %j', words => {
    expect(() => ask(words)).not.toThrow()
  })
})

describe('completion in bash', () => {
  it.each([
    ['aloft dep', 'dep', ['values', 'deploy']],
    ['aloft deploy --strategy=ro', 'ro', ['values', 'rolling']],
    ['aloft deploy --strategy=', '', ['values', 'rolling', 'recreate']],
    ['aloft deploy --strategy ro', 'ro', ['values', 'rolling']],
    ['aloft "deploy" --strategy "ro', 'ro', ['values', 'rolling']],
    [String.raw`aloft deploy --variable "a \" b" --strategy rec`, 'rec', ['values', 'recreate']],
    [String.raw`aloft deploy --variable it\'s --strategy rec`, 'rec', ['values', 'recreate']],
    ["aloft deploy --variable 'it is' --strategy rec", 'rec', ['values', 'recreate']],
    ['  aloft   dep', 'dep', ['values', 'deploy']],
  ])('reads %j as typed', (line, part, offered) => {
    expect(
      answer(['bash', line, part], {}, { data, refresh: () => {} })
        .trimEnd()
        .split('\n'),
    ).toEqual(offered)
  })

  it('quotes what the shell would read otherwise, unless a quote is open', async () => {
    const home = await makeDirectory()
    writeLiveNames(join(home, 'cache', 'completion'), { account: 'local', kind: 'projects' }, [
      { description: '', value: 'my $(shop)' },
    ])
    const ask = (shell: string, line: string, ...part: string[]): string =>
      answer([shell, line, ...part], { ALOFT_HOME: home }, { data, refresh: () => {} })

    expect(ask('bash', 'aloft deploy -p ', '')).toBe('values\nmy\\ \\$\\(shop\\)\n')
    expect(ask('bash', 'aloft deploy -p "my', 'my')).toBe('values\nmy $(shop)\n')
    expect(ask('powershell', 'aloft deploy -p ')).toBe("values\n'my $(shop)'\tmy $(shop)\tmy $(shop)\n")
    expect(ask('powershell', 'aloft deploy -p my` $')).toBe("values\n'my $(shop)'\tmy $(shop)\tmy $(shop)\n")
  })
})
