import { chmodSync, lstatSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import SettingsExplain from '../../../src/commands/config/explain.ts'
import SettingsGet from '../../../src/commands/config/get.ts'
import Settings from '../../../src/commands/config/index.ts'
import SettingsSet from '../../../src/commands/config/set.ts'
import SettingsUnset from '../../../src/commands/config/unset.ts'
import { changeSettings } from '../../../src/lib/cli/settings/edit-settings.ts'
import { applySettings } from '../../../src/lib/cli/settings/settings-file.ts'
import { makeDirectory, runCommand } from '../../helpers/cli/run-command.ts'

interface Home {
  readonly file: string
  /** As one command after the other: each reads the file anew. */
  run(
    Command: Parameters<typeof runCommand>[0],
    argv: readonly string[],
    variables?: Readonly<Record<string, string>>,
  ): ReturnType<typeof runCommand>
}

async function createHome(text?: string): Promise<Home> {
  const root = await makeDirectory()
  const file = join(root, 'config', 'config.json')
  mkdirSync(dirname(file))
  if (text !== undefined) writeFileSync(file, text)
  return {
    file,
    run(Command, argv, variables = {}) {
      const environment = { ...variables, ALOFT_HOME: root }
      return runCommand(Command, argv, { runtime: { environment, settings: applySettings(environment) } })
    },
  }
}

describe('settings', () => {
  it('are written, listed, read and taken back, and the rest of the file stays', async () => {
    const home = await createHome('{\n  "ca-file": "/etc/ca.pem"\n}\n')

    await home.run(SettingsSet, ['accessible=true', 'provider-packages=one,two'])
    expect(JSON.parse(readFileSync(home.file, 'utf8'))).toEqual({
      accessible: true,
      'ca-file': '/etc/ca.pem',
      'provider-packages': ['one', 'two'],
    })
    const { stdout } = await home.run(Settings, [])
    expect(stdout).toContain('accessible\ttrue\tfile\t')
    expect(stdout).toContain('provider-packages\tone,two\tfile\t')
    await home.run(SettingsUnset, ['accessible'])
    expect((await home.run(SettingsGet, ['accessible'])).stdout).toBe('false\n')
  })

  it('act as the environment variables of the same meaning, which go first', async () => {
    const { file } = await createHome('{"credential-store":"file","ca-file":"/a.pem"}')
    const environment: NodeJS.ProcessEnv = { ALOFT_CA_FILE: '/b.pem', ALOFT_HOME: dirname(dirname(file)) }

    applySettings(environment)

    expect(environment).toMatchObject({ ALOFT_CA_FILE: '/b.pem', ALOFT_CREDENTIAL_STORE: 'file' })
  })

  it('are explained with every place that says something, the one that holds first', async () => {
    const home = await createHome('{\n  "accessible": true,\n  "ca-file": "/a.pem"\n}\n')
    const explained = await home.run(SettingsExplain, ['ca-file', '--json'], { ALOFT_CA_FILE: '/b.pem' })

    expect(JSON.parse(explained.stdout).result).toEqual([
      {
        key: 'ca-file',
        origins: [
          { place: 'ALOFT_CA_FILE', source: 'variable', value: '/b.pem' },
          { place: `${home.file}:3`, source: 'file', value: '/a.pem' },
          { source: 'default', value: 'none' },
        ],
        value: '/b.pem',
      },
    ])
    const project = await home.run(SettingsExplain, ['project'], { ALOFT_PROJECT: 'shop' })
    expect(project.stdout).toBe('project\tshop\tvariable ALOFT_PROJECT\t\n')
  })

  it.each([
    ['{\n  "accessible": tru\n}', ', line 2, column 17: InvalidSymbol', 'is not JSON'],
    ['{\n  "acessible": true\n}', ', line 2: ', 'there is no setting "acessible"; did you mean "accessible"?'],
    ['{\n\n  "accessible": "yes"\n}', ', line 3: ', '"accessible" takes true or false'],
    ['[]', ', line 1: ', 'an object of settings is expected'],
    ['', ', line 1, column 1: ', 'is not JSON'],
  ])('in a broken file %j are named with their line, and the command goes on', async (text, place, message) => {
    const home = await createHome(text)
    const listed = await home.run(Settings, [])
    const json = await home.run(Settings, ['--json'])

    expect([listed.exitCode, json.exitCode]).toEqual([0, 0])
    expect(listed.stderr).toContain(`${home.file}${place}`)
    expect(listed.stderr).toContain(message)
    expect(JSON.parse(json.stdout).warnings).toEqual([expect.stringContaining(message)])
  })

  it.each(['{ oops', '[]', '"text"', '{"accessible": false} // as JSON knows no comments'])(
    'are not written over a broken file: %s',
    async text => {
      const home = await createHome(text)
      const { exitCode, stderr } = await home.run(SettingsSet, ['accessible=true'])

      expect(exitCode).toBe(2)
      expect(stderr).toContain('is not JSON, and is not written over')
      expect(readFileSync(home.file, 'utf8')).toBe(text)
    },
  )

  it('are all kept when several are set at the same time', async () => {
    const { file } = await createHome()
    const values = { accessible: true, 'ca-file': '/a.pem', 'credential-store': 'file', 'provider-packages': ['one'] }

    await Promise.all(Object.entries(values).map(async ([key, value]) => changeSettings(file, [{ key, value }])))

    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(values)
  })

  it('lie where nobody else may look', async () => {
    const file = join(await makeDirectory(), 'new', 'config', 'config.json')
    await changeSettings(file, [{ key: 'accessible', value: true }])

    expect(statSync(dirname(file)).mode & 0o777).toBe(0o700)
    expect(statSync(file).mode & 0o777).toBe(0o600)
  })

  it('in a file that a directory is in the place of are a problem that is named', async () => {
    const home = await createHome()
    mkdirSync(home.file)
    const listed = await home.run(Settings, [])
    const set = await home.run(SettingsSet, ['accessible=true'])

    expect(listed).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('cannot be read: EISDIR') })
    expect(set).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('a directory is in its place') })
  })

  it('in a file that is reached by a link stay where it leads', async () => {
    const home = await createHome()
    const target = join(dirname(home.file), 'dotfiles.json')
    writeFileSync(target, '{}')
    symlinkSync(target, home.file)
    await home.run(SettingsSet, ['accessible=true'])

    expect(lstatSync(home.file).isSymbolicLink()).toBe(true)
    expect(JSON.parse(readFileSync(target, 'utf8'))).toEqual({ accessible: true })
  })

  it.each([
    [SettingsSet, ['accesible=true'], 'there is no setting "accesible"', 'accessible'],
    [SettingsSet, ['accessible=maybe'], 'accessible takes true or false, not "maybe"', ''],
    [SettingsSet, ['credential-store=cloud'], 'takes keychain or file', 'aloft config set credential-store=file'],
    [SettingsSet, ['provider-packages=a,,b'], 'takes texts separated by commas', ''],
    [SettingsSet, ['accessible'], 'write accessible=VALUE', ''],
    [SettingsGet, ['ca-fil'], 'there is no setting "ca-fil"', 'ca-file'],
    [SettingsExplain, ['projct'], 'there is no "projct" to explain', 'project'],
  ])('that are wrong end with 2 and what is allowed (%#)', async (...[Command, argv, message, suggestion]) => {
    const { exitCode, stderr } = await (await createHome()).run(Command, argv)

    expect(exitCode).toBe(2)
    expect(stderr).toContain(message)
    expect(stderr).toContain(suggestion)
    expect(stderr).toContain('usage.setting')
  })

  it('that cannot be written end with 2 and the reason', async ({ skip }) => {
    skip(process.getuid?.() === 0, 'root may write everywhere')
    const home = await createHome('{}')
    chmodSync(dirname(home.file), 0o500)

    expect(await home.run(SettingsSet, ['accessible=true'])).toMatchObject({ exitCode: 2 })
  })
})
