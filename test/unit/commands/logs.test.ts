import { describe, expect, it } from 'vitest'
import Logs from '../../../src/commands/logs.ts'
import { createAllCapableProvider } from '../../helpers/fakes/all-capable-provider.ts'
import { runCommand } from '../../helpers/cli/run-command.ts'

const at = ['-p', 'shop', '-e', 'main']

describe('logs', () => {
  it('prints one line for each record', async () => {
    const { exitCode, stdout } = await runCommand(Logs, at, { provider: createAllCapableProvider() })

    expect(stdout).toBe('web.1 | hello\nweb.1 | say "hi"\n')
    expect(exitCode).toBe(0)
  })

  it('begins lines with their time on request', async () => {
    const { stdout } = await runCommand(Logs, [...at, '--timestamps'], { provider: createAllCapableProvider() })

    expect(stdout).toContain('2026-01-31T12:00:00.000Z web.1 | hello\n')
  })

  it('passes the events on, one a line, with --json', async () => {
    const { stdout } = await runCommand(Logs, [...at, '--json'], { provider: createAllCapableProvider() })

    const types = stdout
      .trim()
      .split('\n')
      .map((line): unknown => JSON.parse(line).type)
    expect(types).toEqual(['log', 'log', 'end'])
  })

  it('asks for since and follow together, for services and sources', async () => {
    const provider = createAllCapableProvider()
    const argv = [
      'web',
      '-s',
      'worker',
      '-f',
      '--since',
      '2026-01-31T12:00:00Z',
      '--source',
      'access',
      '--level',
      'error',
    ]

    await runCommand(Logs, [...argv, '--search', 'boom', '--instance', 'web.1', ...at], { provider })

    expect(provider.seen.logs[0]).toMatchObject({
      follow: true,
      instance: 'web.1',
      level: 'error',
      search: 'boom',
      services: ['web', 'worker'],
      since: '2026-01-31T12:00:00.000Z',
      sources: ['access'],
      tail: undefined,
    })
  })

  it('refuses a source the provider does not have, and a time that is none', async () => {
    const source = await runCommand(Logs, [...at, '--source', 'cron'], { provider: createAllCapableProvider() })
    const time = await runCommand(Logs, [...at, '--since', 'soonish'], { provider: createAllCapableProvider() })

    expect([source.exitCode, time.exitCode]).toEqual([9, 2])
    expect(source.stderr).toContain('there is: app, access')
    expect(time.stderr).toContain('usage.time')
  })

  it('prints a failure as one line of JSON', async () => {
    const { exitCode, stdout } = await runCommand(Logs, [...at, '--since', 'soonish', '--json'], {
      provider: createAllCapableProvider(),
    })

    expect(exitCode).toBe(2)
    expect(stdout.trim().split('\n')).toHaveLength(1)
  })
})
