import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { openShellLine, openTerminal, type PseudoTerminal } from '../helpers/pseudo-terminal.ts'
import { createWorkspace, type Workspace } from '../helpers/workspace.ts'

const TARGET = ['-p', 'app', '-e', 'main']
const SERVER = `
setInterval(() => console.log('tick'), 100)
require('node:http').createServer((q, r) => r.end('ok')).listen(process.env.PORT)
`
const CTRL_C = '\u0003'
const CTRL_D = '\u0004'

describe('at a terminal', () => {
  let workspace: Workspace

  beforeAll(async () => {
    workspace = createWorkspace()
    writeApplication('app', {})
    await workspace.json(['deploy', 'app', ...TARGET])
  })
  afterAll(() => workspace?.close())

  function writeApplication(name: string, scripts: Readonly<Record<string, string>>): void {
    mkdirSync(join(workspace.directory, name))
    const file = (path: string): string => join(workspace.directory, name, path)
    writeFileSync(file('server.js'), SERVER)
    writeFileSync(file('package.json'), JSON.stringify({ name, scripts: { start: 'node server.js', ...scripts } }))
  }

  function open(...args: string[]): PseudoTerminal {
    return closed(openTerminal(workspace, args))
  }

  it('asks before it creates a project, and takes no for an answer', async () => {
    const terminal = open('deploy', 'app', '-p', 'brand-new')
    await terminal.shown('There is no project brand-new yet. Create it? (y/N)')
    terminal.type('n\r')

    expect(await terminal.ended).toBe(2)
    expect((await workspace.aloft(['projects', 'show', 'brand-new'])).exitCode).toBe(5)
  })

  it('deploys as a live tree, and says where it is and how to go back', async () => {
    const terminal = open('deploy', 'app', '-p', 'brand-new')
    await terminal.shown('Create it? (y/N)')
    terminal.type('y\r')

    expect(await terminal.ended).toBe(0)
    expect(terminal.text()).toContain('✔ build')
    expect(terminal.text()).toContain('aloft rollback -p brand-new -e main')
    expect(terminal.text()).toMatch(/http:\/\/brand-new-main\.localhost:\d+\//)
  })

  it('ends the following, not the deploy, on Ctrl-C, and takes it up again by its id', async () => {
    writeApplication('slow', { build: 'echo started; sleep 5' })
    const terminal = open('deploy', 'slow', '-p', 'brand-new', '-e', 'main')
    await terminal.shown('started')
    terminal.type(CTRL_C)

    expect(await terminal.ended).toBe(130)
    const [, id = ''] = /aloft activities log (act_\w+)/.exec(terminal.text()) ?? []
    const again = open('activities', 'log', id)
    expect(await again.ended).toBe(0)
    expect(again.text()).toContain('started')
    expect(await workspace.json(['activities', 'show', id])).toMatchObject({ result: 'success' })
  })

  it('opens a shell with a prompt, its size, Ctrl-C for the remote, Ctrl-D and an exit code', async () => {
    const terminal = open('shell', 'web', ...TARGET)
    await terminal.shown('web.1:/app$ ')
    terminal.type('stty size\r')
    await terminal.shown('30 100')
    terminal.resize(77, 22)
    terminal.type('until [ "$(stty size)" = "22 77" ]; do :; done; echo resi""zed\r')
    await terminal.shown('resized')
    terminal.type('echo slee""ping; sleep 1000\r')
    await terminal.shown('sleeping')
    terminal.type(CTRL_C)
    await terminal.shown('web.1:/app$ ')
    terminal.type('(exit 7)\r')
    await terminal.shown('web.1:/app$ ')
    terminal.type(CTRL_D)

    expect(await terminal.ended).toBe(7)
  })

  it('passes every key to a program that reads them raw', async () => {
    const keys = `a${CTRL_C}${CTRL_D}\u001B[A\u001A\u001C\r`
    const command = `stty raw -echo; echo ready; dd bs=1 count=${keys.length} 2>/dev/null | od -An -tx1`
    const terminal = open('exec', 'web', ...TARGET, '--', 'sh', '-c', command)
    await terminal.shown('ready')
    terminal.type(keys)

    expect(await terminal.ended).toBe(0)
    expect(terminal.text()).toContain('61 03 04 1b 5b 41 1a 1c 0d')
  })

  it('leaves the terminal as it was', async () => {
    const target = TARGET.join(' ')
    const terminal = closed(
      openShellLine(workspace, `$aloft exec web ${target} -- true; stty -a; $aloft logs ${target} -n 1`),
    )

    expect(await terminal.ended).toBe(0)
    expect(terminal.text()).toMatch(/\bicanon\b/)
    expect(terminal.text()).toMatch(/ echo /)
  })

  it('ends with the reader of its output', async () => {
    const target = TARGET.join(' ')
    const terminal = closed(openShellLine(workspace, `$aloft logs ${target} --follow | head -1; echo over`))

    await terminal.shown('web.1 | tick')
    await terminal.shown('over')
    expect(await terminal.ended).toBe(0)
  })

  it('lists in columns with a head', async () => {
    const terminal = open('services', ...TARGET)

    expect(await terminal.ended).toBe(0)
    expect(terminal.text()).toMatch(/SERVICE +KIND +TYPE +READY +INSTANCE +STATE/)
    expect(terminal.text()).not.toContain('\t')
  })

  it('asks for the project and the environment that were not named', async () => {
    const terminal = open('services')
    await terminal.shown('Which project?')
    terminal.type('\r')
    await terminal.shown('Which environment?')
    terminal.type('\r')

    expect(await terminal.ended).toBe(0)
    expect(terminal.text()).toContain('web.1')
  })
})

function closed(terminal: PseudoTerminal): PseudoTerminal {
  onTestFinished(() => terminal.close())
  return terminal
}
