import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import Exec from '../../../src/commands/exec.ts'
import Shell from '../../../src/commands/shell.ts'
import { createAllCapableProvider } from '../../helpers/fakes/all-capable-provider.ts'
import { runCommand } from '../../helpers/cli/run-command.ts'

const at = ['-p', 'shop', '-e', 'main']

describe('exec', () => {
  it.each([0, 1, 2, 125, 126, 127, 128, 130, 137, 143, 255])('exits with the remote code %i', async code => {
    const provider = createAllCapableProvider({ exitCode: code })

    const { exitCode, stderr, stdout } = await runCommand(Exec, ['web', ...at, '--', 'cat'], { provider, stdin: 'in' })

    expect(exitCode).toBe(code)
    expect(stdout).toBe('in')
    expect(stderr).toBe('remote says bye\n')
  })

  it('gives everything after -- to the command, also what looks like our flags', async () => {
    const provider = createAllCapableProvider()

    await runCommand(Exec, ['web', ...at, '--', 'ls', '--json', '-p', '--'], { provider, stdin: '' })

    expect(provider.seen.remote.opened[0]).toMatchObject({
      command: ['ls', '--json', '-p', '--'],
      service: 'web',
      tty: false,
    })
  })

  it('keeps the output in the document with --json', async () => {
    const provider = createAllCapableProvider({ exitCode: 3 })

    const { exitCode, stdout } = await runCommand(Exec, ['web', ...at, '--json', '--', 'cat'], {
      provider,
      stdin: 'in',
    })

    expect(exitCode).toBe(3)
    expect(JSON.parse(stdout)).toMatchObject({ result: { exitCode: 3, stdout: 'in', truncated: false } })
  })

  it('passes a lot of text through whole', async () => {
    const text = randomBytes(1_000_000).toString('base64')

    const { stdout } = await runCommand(Exec, [...at, '--', 'cat'], {
      provider: createAllCapableProvider(),
      stdin: text,
    })

    expect(stdout === text).toBe(true)
  })

  it('exits 255 with the code on stderr when the transport is cut', async () => {
    const provider = createAllCapableProvider({ exitCode: 'fail' })

    const { exitCode, stderr } = await runCommand(Exec, ['web', ...at, '--', 'cat'], { provider, stdin: '' })

    expect(exitCode).toBe(255)
    expect(stderr).toContain('session.failed')
  })

  it('exits 255 when the command is missing or the environment unknown', async () => {
    const missing = await runCommand(Exec, ['web', ...at], { provider: createAllCapableProvider() })
    const unknown = await runCommand(Exec, ['web', '--nope', '--', 'ls'], { provider: createAllCapableProvider() })

    expect([missing.exitCode, unknown.exitCode]).toEqual([255, 255])
    expect(missing.stderr).toContain('it goes after --')
    expect(unknown.stderr).toContain('usage.flag')
  })
})

describe('shell', () => {
  it('opens a login shell that reads commands from stdin', async () => {
    const provider = createAllCapableProvider({ exitCode: 4 })

    const { exitCode, stdout } = await runCommand(Shell, ['web', ...at], { provider, stdin: 'uname\n' })

    expect(exitCode).toBe(4)
    expect(stdout).toBe('uname\n')
    expect(provider.seen.remote.opened[0]?.command).toBeUndefined()
  })
})
