import { describe, expect, it, onTestFinished } from 'vitest'
import Login from '../../../src/commands/login/index.ts'
import Logout from '../../../src/commands/logout.ts'
import { AppError } from '../../../src/lib/core/errors.ts'
import { createAllCapableProvider } from '../../helpers/fakes/all-capable-provider.ts'
import { createFakeAccounts } from '../../helpers/fakes/fake-accounts.ts'
import { startRemotePlatform } from '../../helpers/fakes/remote-platform.ts'
import { personAtTerminal, runCommand } from '../../helpers/cli/run-command.ts'

const argv = ['--url', 'https://cloud.example/', '--name', 'work', '--token-stdin']

async function refuse(): Promise<never> {
  throw new AppError('auth.invalid', 'the token was refused')
}

describe('login', () => {
  it('keeps the account when the provider accepts the token', async () => {
    const accounts = createFakeAccounts()

    const { exitCode, stderr, stdout } = await runCommand(Login, argv, {
      provider: createAllCapableProvider(),
      runtime: { openAccounts: async () => accounts },
      stdin: 's3cret\n',
    })

    expect(exitCode).toBe(0)
    expect(stdout).toContain('account work')
    expect(stdout + stderr).not.toContain('s3cret')
    expect(await accounts.list()).toMatchObject([
      { address: 'https://cloud.example', name: 'work', provider: 'platform' },
    ])
    expect(accounts.tokens.get('work')).toBe('s3cret')
  })

  it('leaves everything as it was when the token is refused', async () => {
    const accounts = createFakeAccounts()
    await accounts.add({ address: 'https://cloud.example', name: 'work', provider: 'platform' }, { token: 'good' })
    const provider = createAllCapableProvider()

    const { exitCode } = await runCommand(Login, argv, {
      provider: { ...provider, auth: { ...provider.auth, identity: refuse } },
      runtime: { openAccounts: async () => accounts },
      stdin: 'bad',
    })

    expect(exitCode).toBe(4)
    expect(accounts.tokens.get('work')).toBe('good')
    expect((await accounts.current())?.name).toBe('work')
    expect(await accounts.list()).toHaveLength(1)
  })

  it('asks for the token on a terminal, where the address offers no login in the browser', async () => {
    const accounts = createFakeAccounts()
    const remote = await startRemotePlatform()
    onTestFinished(() => remote.close())
    const ask = {
      confirm: async () => true,
      input: async () => '',
      secret: async () => 'typed',
      select: async () => '',
    }

    await runCommand(Login, ['--url', remote.url, '--name', 'typed'], {
      provider: createAllCapableProvider(),
      runtime: { ask, openAccounts: async () => accounts, terminal: personAtTerminal },
    })

    expect(accounts.tokens.get('typed')).toBe('typed')
  })

  it('sends no token over plain HTTP to another machine', async () => {
    const { exitCode, stderr } = await runCommand(Login, ['--url', 'http://cloud.example', '--token-stdin'], {
      stdin: 'x',
    })

    expect(exitCode).toBe(2)
    expect(stderr).toContain('https://')
  })
})

describe('logout', () => {
  it('forgets the account also when the server cannot revoke the token, and says so', async () => {
    const accounts = createFakeAccounts()
    await accounts.add({ address: 'https://cloud.example', name: 'work', provider: 'platform' }, { token: 'good' })
    const provider = createAllCapableProvider()

    const { exitCode, stdout } = await runCommand(Logout, ['--json'], {
      provider: { ...provider, auth: { ...provider.auth, revoke: refuse } },
      runtime: { openAccounts: async () => accounts },
    })

    expect(exitCode).toBe(0)
    expect(await accounts.list()).toEqual([])
    expect(JSON.parse(stdout)).toMatchObject({
      result: { accounts: ['work'] },
      warnings: [expect.stringContaining('was refused')],
    })
  })

  it('exits 4 when there is nothing to log out of', async () => {
    const { exitCode } = await runCommand(Logout, [])

    expect(exitCode).toBe(4)
  })
})
