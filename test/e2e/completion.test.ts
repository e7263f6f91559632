import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, type TestContext } from 'vitest'
import { openProgram, type PseudoTerminal } from '../helpers/pseudo-terminal.ts'
import { until } from '../helpers/until.ts'
import { createWorkspace, repository, type Workspace } from '../helpers/workspace.ts'

const TAB = '\t'
const ERRORS = /error|not found|usage/i
const CLEAR = '\u0015'

/** How each shell is started so that it reads its own start files and asks nothing. */
const SHELLS = {
  bash: ['bash', '--noprofile', '-i'],
  fish: ['fish', '--interactive'],
  zsh: ['zsh', '--interactive'],
} as const
type Shell = keyof typeof SHELLS

describe('completion in real shells', () => {
  let workspace: Workspace
  let userHome: string
  let environment: Readonly<Record<string, string>>

  beforeAll(async () => {
    workspace = createWorkspace()
    userHome = join(workspace.directory, 'user')
    const bin = join(workspace.directory, 'bin')
    mkdirSync(join(userHome, 'functions'), { recursive: true })
    mkdirSync(bin)
    writeFileSync(
      join(bin, 'aloft'),
      `#!/bin/sh\nexec '${process.execPath}' '${join(repository, 'bin/run.js')}' "$@"\n`,
    )
    chmodSync(join(bin, 'aloft'), 0o755)
    writeFileSync(join(userHome, '.bashrc'), "PS1='ready> '\nbind 'set show-all-if-ambiguous on'\n")
    writeFileSync(join(userHome, '.zshenv'), 'fpath=($HOME/functions $fpath)\n')
    writeFileSync(join(userHome, '.zshrc'), "autoload -Uz compinit; compinit -D\nPS1='ready> '\n")
    mkdirSync(join(userHome, '.config/fish'), { recursive: true })
    writeFileSync(join(userHome, '.config/fish/config.fish'), "function fish_prompt; echo 'ready> '; end\n")
    environment = {
      HOME: userHome,
      PATH: `${bin}:${process.env['PATH'] ?? ''}`,
      XDG_CONFIG_HOME: join(userHome, '.config'),
      XDG_DATA_HOME: join(userHome, '.local/share'),
      ZDOTDIR: userHome,
    }
    await workspace.json(['projects', 'create', 'shop', '--title', 'The web shop'])
    await workspace.json(['environments', 'create', 'main', '--project', 'shop'])
    await workspace.json(['projects'])
  })
  afterAll(() => workspace?.close())

  async function open(shell: Shell, context: TestContext): Promise<PseudoTerminal> {
    if (spawnSync(shell, ['--version']).status !== 0) context.skip(`no ${shell} on PATH`)
    await workspace.json(['completion', 'install', shell], { environment })
    const terminal = openProgram(workspace, SHELLS[shell], environment)
    onTestFinished(() => terminal.close())
    return terminal
  }

  it('completes in bash: commands, flags, values, live names', async context => {
    const terminal = await open('bash', context)
    await terminal.shown('ready> ')
    terminal.type(`aloft proj${TAB}`)
    await terminal.shown('aloft projects ')
    terminal.type(`sh${TAB}`)
    await terminal.shown('show ')
    terminal.type(`sh${TAB}`)
    await terminal.shown('shop ')
    terminal.type(`${CLEAR}aloft deploy --strategy=${TAB}`)
    await terminal.shown('recreate')
    await terminal.shown('stop-start')
    terminal.type(`ro${TAB}`)
    await terminal.shown('--strategy=rolling ')
    terminal.type(`--proj${TAB}`)
    await terminal.shown('--project ')
    terminal.type(`"sh${TAB}`)
    await terminal.shown('"shop" ')
    expect(terminal.text()).not.toMatch(ERRORS)
  })

  it('completes in zsh, with descriptions', async context => {
    const terminal = await open('zsh', context)
    await terminal.shown('ready> ')
    terminal.type(`aloft dep${TAB}`)
    await terminal.shown('aloft deploy ')
    terminal.type(`--str${TAB}`)
    await terminal.shown('--strategy ')
    terminal.type(TAB)
    await terminal.shown('stop-start')
    terminal.type(`${CLEAR}aloft projects ${TAB}`)
    await terminal.shown('create')
    await terminal.shown('-- create a project')
    terminal.type(`${CLEAR}aloft deploy --project=${TAB}`)
    await terminal.shown('--project=shop')
    expect(terminal.text()).not.toMatch(ERRORS)
  })

  it('completes in fish, with descriptions', async context => {
    const terminal = await open('fish', context)
    await terminal.shown('ready> ')
    terminal.type(`aloft proj${TAB}`)
    await terminal.shown('projects ')
    terminal.type(TAB)
    await terminal.shown('create')
    await terminal.shown('create a project')
    terminal.type(`${CLEAR}aloft deploy --project=sh${TAB}`)
    await terminal.shown('--project=shop')
    expect(terminal.text()).not.toMatch(ERRORS)
  })

  it('fetches names in the background that no command has listed yet', async context => {
    const terminal = await open('bash', context)
    await terminal.shown('ready> ')
    terminal.type(`aloft open -p shop -e ${TAB}`)
    const names = join(workspace.home, 'cache', 'completion', 'environments@local@shop.json')
    await until('names of environments in the cache', () => existsSync(names))
    terminal.type(TAB)
    await terminal.shown('main ')
    expect(terminal.text()).not.toMatch(ERRORS)
  })
})
