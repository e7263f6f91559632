import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import {
  type FileChange,
  makeEdits,
  planInstallation,
  planRemoval,
} from '../../../../../src/lib/cli/completion/install.ts'
import type { Shell } from '../../../../../src/lib/cli/completion/format.ts'
import { chooseShell, placeOf } from '../../../../../src/lib/cli/completion/places.ts'
import { completionScript } from '../../../../../src/lib/cli/completion/scripts.ts'
import { makeDirectory } from '../../../../helpers/cli/run-command.ts'

describe('installing completion', () => {
  let home = ''
  let environment: NodeJS.ProcessEnv = {}

  beforeEach(async () => {
    home = await makeDirectory()
    // without a PATH no shell can be asked
    environment = { HOME: home, PATH: '' }
  })

  const install = (from = environment, shell: Shell = 'zsh'): Promise<readonly FileChange[]> =>
    makeEdits(planInstallation(shell, from))
  const read = (...path: string[]): string => readFileSync(join(home, ...path), 'utf8')

  it('writes into the directory where fish looks, and edits nothing', async () => {
    const changes = await install(environment, 'fish')

    expect(changes).toEqual([{ action: 'write', file: join(home, '.config/fish/completions/aloft.fish') }])
    expect(read('.config/fish/completions/aloft.fish')).toBe(completionScript('fish'))
  })

  it.each([
    ['powershell', '.config/powershell/profile.ps1', 'aloft.ps1'],
    ['zsh', '.zshrc', '_aloft'],
  ] as const)('adds one line to the start file of %s once, and takes it back', async (shell, start, script) => {
    const before = '# mine\nexport A=1'
    mkdirSync(join(home, '.config/powershell'), { recursive: true })
    writeFileSync(join(home, start), before)

    const first = await install(environment, shell)
    const again = await install(environment, shell)

    expect(first.map(({ action }) => action)).toEqual(['write', 'add-line'])
    expect(again.map(({ action }) => action)).toEqual(['none', 'none'])
    expect(read(start).split('\n')).toHaveLength(4)
    expect(read(start)).toContain(join(home, '.local/share/aloft/completion', script))

    const removed = await makeEdits(planRemoval(shell, environment))
    const absent = await makeEdits(planRemoval(shell, environment))

    expect(removed.map(({ action }) => action)).toEqual(['remove', 'remove-line'])
    expect(absent.map(({ action }) => action)).toEqual(['none', 'none'])
    expect(read(start)).toBe(`${before}\n`)
  })

  it('replaces an old script and an old line instead of adding a second', async () => {
    await install()
    const elsewhere = { ...environment, XDG_DATA_HOME: join(home, 'data') }

    await install(elsewhere)

    expect(read('.zshrc').match(/aloft completion/g)).toHaveLength(1)
    expect(read('.zshrc')).toContain(join(home, 'data/aloft/completion/_aloft'))
  })

  it('leaves a file alone that somebody else wrote', () => {
    const { file } = placeOf('fish', environment)
    mkdirSync(join(home, '.config/fish/completions'), { recursive: true })
    writeFileSync(file, 'complete -c aloft\n')

    expect(() => planInstallation('fish', environment)).toThrow('aloft did not write it')
    expect(() => planRemoval('fish', environment)).toThrow('aloft did not write it')
  })

  it('takes the shell from SHELL, and asks for it by name where there is none', () => {
    expect(chooseShell(undefined, { SHELL: '/usr/bin/zsh' })).toBe('zsh')
    expect(chooseShell('fish', { SHELL: '/usr/bin/zsh' })).toBe('fish')
    expect(() => chooseShell(undefined, { SHELL: '/bin/tcsh' })).toThrow('pass one of bash, zsh, fish, powershell')
  })
})

describe('the script for PowerShell', () => {
  // PowerShell is not in Debian: only the text is looked at
  it('registers a native completer that asks with the line up to the cursor', () => {
    const script = completionScript('powershell')

    expect(script).toContain('Register-ArgumentCompleter -Native -CommandName aloft')
    expect(script).toContain('aloft __complete powershell $line 2>$null')
    expect(script).toContain('[System.Management.Automation.CompletionResult]::new($text, $shown,')
    expect(script.match(/[({]/g)).toHaveLength(script.match(/[)}]/g)?.length ?? 0)
  })
})
