import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import type { Account } from '../../../src/lib/providers/accounts-port.ts'
import { openAccounts } from '../../../src/lib/providers/accounts.ts'
import { type SecretServiceOptions, startSecretService, whyNoSecretService } from '../../helpers/secret-service.ts'

const ACCOUNT: Account = { address: 'https://cloud.example', name: 'work', provider: 'platform' }
const obstacle = whyNoSecretService()

let home: string

beforeEach(() => void (home = mkdtempSync(join(tmpdir(), 'aloft-accounts-'))))
afterEach(() => rmSync(home, { force: true, recursive: true }))

async function start(options?: SecretServiceOptions): ReturnType<typeof startSecretService> {
  const service = await startSecretService(options)
  onTestFinished(() => service.stop())
  return service
}

describe('accounts where there is a keychain', () => {
  beforeEach(context => context.skip(obstacle !== undefined, obstacle))

  it('keep the token there and nothing but its id in files', async () => {
    const { environment } = await start()
    const told: string[] = []
    const accounts = openAccounts({ ...environment, ALOFT_HOME: home }, text => told.push(text))

    const added = await accounts.add(ACCOUNT, { token: 'top-s3cret' })

    expect(added.credential).toBe('keychain')
    expect(await accounts.token('work')).toBe('top-s3cret')
    expect(readFileSync(join(home, 'config/accounts.json'), 'utf8')).not.toContain('top-s3cret')
    expect(existsSync(join(home, 'data/credentials.json'))).toBe(false)
    expect(told).toEqual([])
  })

  it('say that it is locked, and write the token nowhere else', async () => {
    const service = await start()
    const accounts = openAccounts({ ...service.environment, ALOFT_HOME: home })
    await accounts.add(ACCOUNT, { token: 'top-s3cret' })
    await service.lock()

    await expect(accounts.token('work')).rejects.toMatchObject({
      code: 'auth.keychain-locked',
      suggestions: expect.arrayContaining([expect.stringContaining('ALOFT_CREDENTIAL_STORE=file')]),
    })
    await expect(accounts.add({ ...ACCOUNT, name: 'other' }, { token: 'x' })).rejects.toMatchObject({
      code: 'auth.keychain-locked',
    })
    expect(existsSync(join(home, 'data/credentials.json'))).toBe(false)
  })

  it('say that access is denied', async () => {
    const { environment } = await start({ denies: true })

    await expect(openAccounts({ ...environment, ALOFT_HOME: home }).add(ACCOUNT, { token: 'x' })).rejects.toMatchObject(
      { code: 'auth.keychain-denied' },
    )
  })

  it.each(['bus', 'keyring'] as const)('give up on a %s that never answers', async what => {
    const service = await start()
    service.freeze(what)
    const accounts = openAccounts({ ...service.environment, ALOFT_HOME: home, ALOFT_KEYCHAIN_TIMEOUT: '1' })

    await expect(accounts.add(ACCOUNT, { token: 'x' })).rejects.toMatchObject({ code: 'auth.keychain-timeout' })
  })

  it('log out where the keychain is out of reach, and say what stays in it', async () => {
    const { environment } = await start()
    await openAccounts({ ...environment, ALOFT_HOME: home }).add(ACCOUNT, { token: 'top-s3cret' })
    const told: string[] = []
    const elsewhere = openAccounts({ ...withoutBus(environment), ALOFT_HOME: home }, text => told.push(text))

    await expect(elsewhere.token('work')).rejects.toMatchObject({ code: 'auth.keychain-absent' })
    await elsewhere.remove('work')

    expect(await elsewhere.list()).toEqual([])
    expect(told).toEqual([expect.stringContaining('stays in the keychain')])
  })
})

describe('accounts where there is no keychain', () => {
  it('keep tokens in the encrypted file, say so once, and remember that they did', async () => {
    const told: string[] = []
    const open = () => openAccounts({ ...withoutBus(process.env), ALOFT_HOME: home }, text => told.push(text))

    expect((await open().add(ACCOUNT, { token: 'top-s3cret' })).credential).toBe('file')
    await open().add({ ...ACCOUNT, name: 'other' }, { token: 'an0ther' })

    expect(await open().token('work')).toBe('top-s3cret')
    expect(told).toEqual([expect.stringMatching(/no keychain.*encrypted file/s)])
    for (const file of ['config/accounts.json', 'data/credentials.json']) {
      expect(readFileSync(join(home, file), 'utf8')).not.toMatch(/top-s3cret|an0ther/)
    }
  })

  it('refuse when the keychain is asked for', async () => {
    const environment = { ...withoutBus(process.env), ALOFT_CREDENTIAL_STORE: 'keychain', ALOFT_HOME: home }

    await expect(openAccounts(environment).add(ACCOUNT, { token: 'x' })).rejects.toMatchObject({
      code: 'auth.keychain-absent',
    })
  })
})

function withoutBus({
  DBUS_SESSION_BUS_ADDRESS: _bus,
  DISPLAY: _display,
  ...rest
}: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return { ...rest, XDG_RUNTIME_DIR: join(home, 'no-bus-here') }
}
