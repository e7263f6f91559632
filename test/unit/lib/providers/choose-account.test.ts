import { describe, expect, it } from 'vitest'
import type { Account } from '../../../../src/lib/providers/accounts-port.ts'
import type { StoredAccounts } from '../../../../src/lib/providers/accounts.ts'
import { type AccountChoice, chooseAccount, type ChosenAccount } from '../../../../src/lib/providers/choose-account.ts'
import { createFakeAccounts } from '../../../helpers/fakes/fake-accounts.ts'

const AT = 'https://cloud.example'

async function choose(choice: Partial<AccountChoice>, stored: readonly Account[] = []): Promise<ChosenAccount> {
  const accounts: StoredAccounts = { ...createFakeAccounts(), token: async () => 'stored' }
  for (const account of stored) await accounts.add(account, { token: 'stored' })
  return chooseAccount(accounts, { environment: {}, ...choice })
}

const work: Account = { address: 'https://work.example', name: 'work', provider: 'platform' }

describe('the account of a command', () => {
  it('is the embedded platform when nothing is said and nobody logged in', async () => {
    expect(await choose({})).toMatchObject({ account: { name: 'local' } })
  })

  it('is the current one when nothing is said', async () => {
    expect(await choose({}, [work])).toMatchObject({ account: { name: 'work' } })
  })

  it('comes from ALOFT_TOKEN and ALOFT_ADDRESS before the current one', async () => {
    const environment = { ALOFT_ADDRESS: `${AT}/`, ALOFT_TOKEN: 'from the environment' }

    expect(await choose({ environment }, [work])).toEqual({
      account: { address: AT, credential: 'environment', name: 'ALOFT_TOKEN@cloud.example', provider: 'platform' },
      token: 'from the environment',
    })
  })

  it('is the one named before everything else', async () => {
    const environment = { ALOFT_ADDRESS: AT, ALOFT_TOKEN: 'x' }

    expect(await choose({ account: 'work', environment }, [work])).toEqual({
      account: expect.objectContaining({ name: 'work' }),
    })
    expect(await choose({ account: 'local', environment }, [work])).toMatchObject({ account: { name: 'local' } })
  })

  it.each([
    ['MAGENTO_CLOUD_CLI_TOKEN', 'https://api.magento.cloud'],
    ['PLATFORMSH_CLI_TOKEN', 'https://api.platform.sh'],
    ['UPSUN_CLI_TOKEN', 'https://api.upsun.com'],
  ])("comes from %s, the cloud's own variable, for %s", async (name, address) => {
    const environment = { [name]: 'own' }

    expect(await choose({ environment, provider: 'adobe-commerce' })).toMatchObject({
      account: { address, credential: 'environment', provider: 'adobe-commerce' },
      token: 'own',
    })
    expect(await choose({ environment })).toMatchObject({ account: { name: 'local' } })
  })

  it("has ALOFT_TOKEN before the cloud's own variable, at the cloud's address", async () => {
    const environment = { ALOFT_TOKEN: 'ours', MAGENTO_CLOUD_CLI_TOKEN: 'own' }

    expect(await choose({ environment, provider: 'adobe-commerce' })).toMatchObject({
      account: { address: 'https://api.magento.cloud' },
      token: 'ours',
    })
  })

  it.each([
    { code: 'usage.flag', environment: { ALOFT_TOKEN: 's3cret' }, what: 'ALOFT_TOKEN without an address' },
    {
      code: 'usage.flag',
      environment: { ALOFT_ADDRESS: 'http://cloud.example', ALOFT_TOKEN: 's3cret' },
      what: 'an address that would show it to others',
    },
    { account: 'wrok', code: 'not-found.account', what: 'an account that is not there' },
    { code: 'auth.required', provider: 'adobe-commerce', what: 'a cloud without a credential' },
  ])('is refused for $what, without naming the token', async ({ code, what: _what, ...choice }) => {
    const error: unknown = await choose(choice, [work]).catch((thrown: unknown) => thrown)

    expect(error).toMatchObject({ code })
    expect(String(error) + JSON.stringify(error)).not.toContain('s3cret')
  })
})
