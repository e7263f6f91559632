import { AppError } from '../core/errors.ts'
import { addressOf, parseTokenAddress } from '../credentials/token-address.ts'
import type { Account } from './accounts-port.ts'
import { LOCAL_ACCOUNT, type StoredAccounts, unknownAccount } from './accounts.ts'
import { clouds } from './clouds.ts'

export interface AccountChoice {
  readonly account?: string | undefined
  readonly provider?: string | undefined
  readonly environment: NodeJS.ProcessEnv
}

export interface ChosenAccount {
  readonly account: Account
  /** Of an account that lives in environment variables alone. */
  readonly token?: string | undefined
}

/**
 * Which account a command works with (docs/credentials.md): the one named; `ALOFT_TOKEN` with `ALOFT_ADDRESS`; the own
 * variable of the provider named; the account of that provider; the current one; the embedded platform.
 * @throws not-found.account, auth.required, usage.flag
 */
export async function chooseAccount(accounts: StoredAccounts, choice: AccountChoice): Promise<ChosenAccount> {
  const { account: wanted, provider } = choice
  if (wanted !== undefined) return { account: await findAccount(accounts, wanted) }
  const fromEnvironment = environmentAccount(choice)
  if (fromEnvironment) return fromEnvironment
  const current = await accounts.current()
  if (provider === undefined) return { account: current ?? LOCAL_ACCOUNT }
  if (current?.provider === provider) return { account: current }
  const found = (await accounts.list()).find(account => account.provider === provider)
  if (found ?? provider === LOCAL_ACCOUNT.provider) return { account: found ?? LOCAL_ACCOUNT }
  const variables = tokenVariables(provider).map(({ name }) => `set ${name}`)
  throw new AppError('auth.required', `you are not logged in to ${provider}`, {
    suggestions: [`aloft login --provider ${provider}`, ...variables],
  })
}

async function findAccount(accounts: StoredAccounts, wanted: string): Promise<Account> {
  if (wanted === LOCAL_ACCOUNT.name) return LOCAL_ACCOUNT
  const all = await accounts.list()
  const found = all.find(({ name }) => name === wanted)
  if (found) return found
  throw unknownAccount(wanted, all)
}

function environmentAccount({ environment, provider }: AccountChoice): ChosenAccount | undefined {
  const own = tokenVariables(provider).find(({ name }) => environment[name])
  const { ALOFT_ADDRESS: address, ALOFT_TOKEN: token } = environment
  if (token) {
    const url = parseTokenAddress(address || addressFor(provider), 'ALOFT_ADDRESS')
    return { account: accountAt(url, 'ALOFT_TOKEN', provider ?? LOCAL_ACCOUNT.provider), token }
  }
  if (!own || provider === undefined) return undefined
  return { account: accountAt(new URL(own.address), own.name, provider), token: environment[own.name] }
}

/** Where the token of a cloud belongs when nothing else is said. Tokens of platforms have no such place. */
function addressFor(provider: string | undefined): string {
  const [first] = tokenVariables(provider)
  if (first) return first.address
  throw new AppError('usage.flag', 'ALOFT_TOKEN is set, and nothing says where it belongs', {
    suggestions: ['set ALOFT_ADDRESS to the address of the platform', 'or unset ALOFT_TOKEN, or pass --account NAME'],
  })
}

function accountAt(url: URL, variable: string, provider: string): Account {
  return { address: addressOf(url), credential: 'environment', name: `${variable}@${url.host}`, provider }
}

function tokenVariables(provider: string | undefined): readonly { readonly name: string; readonly address: string }[] {
  return provider !== undefined && Object.hasOwn(clouds, provider) ? (clouds[provider]?.tokenVariables ?? []) : []
}
