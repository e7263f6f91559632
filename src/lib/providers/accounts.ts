import { join } from 'node:path'
import { AppError } from '../core/errors.ts'
import { byDistance } from '../core/nearest.ts'
import { openStores } from '../credentials/stores.ts'
import { resolveHome } from '../protocol/home.ts'
import { forget, keep, type Keeper, moveTokens, readToken, revokeSession } from './account-credentials.ts'
import { type AccountFile, changeAccountFile, readAccountFile, type StoredAccount } from './account-file.ts'
import type { Account, Accounts, Credential } from './accounts-port.ts'

/** The embedded platform of this user: it needs no login. */
export const LOCAL_ACCOUNT: Account = { address: 'local', name: 'local', provider: 'platform' }

export interface StoredAccounts extends Accounts {
  /** The credential of an account. @throws not-found.account, auth.* */
  token(name: string, signal?: AbortSignal): Promise<string>
}

/** Tells the user something once; what it was is remembered. */
export type Notify = (text: string) => void

/**
 * Accounts in `accounts.json`, their credentials in the keychain or an encrypted file. Tokens that older versions wrote
 * into `accounts.json` are moved into the store when a token is first needed.
 */
export function openAccounts(environment: NodeJS.ProcessEnv, notify: Notify = () => undefined): StoredAccounts {
  const home = resolveHome(environment)
  const file = join(home.config, 'accounts.json')
  const keeper: Keeper = { environment, file, home, notify, stores: openStores(environment, home) }
  return {
    add: (account, credential) => add(keeper, account, credential),
    async current() {
      const { accounts, current } = await readAccountFile(file)
      const found = accounts.find(({ name }) => name === current)
      return found && toAccount(found)
    },
    async list() {
      return (await readAccountFile(file)).accounts.map(toAccount)
    },
    remove: name => remove(keeper, name),
    async revokeSession(name, signal) {
      await moveTokens(keeper)
      return revokeSession(keeper, await find(file, name), signal)
    },
    async token(name, signal = new AbortController().signal) {
      await moveTokens(keeper)
      return readToken(keeper, await find(file, name), signal)
    },
    async use(name) {
      if (name !== LOCAL_ACCOUNT.name) await find(file, name)
      const current = name === LOCAL_ACCOUNT.name ? undefined : name
      await changeAccountFile(file, ({ current: _before, ...rest }) => ({ ...rest, ...(current ? { current } : {}) }))
    },
  }
}

async function add(keeper: Keeper, account: Account, credential: Credential): Promise<Account> {
  const before = (await readAccountFile(keeper.file)).accounts.find(({ name }) => name === account.name)
  const { address, expiresAt, name, provider, since } = account
  const plain = { address, expiresAt, name, provider, since }
  const stored: StoredAccount =
    'command' in credential
      ? { ...plain, credential: { command: credential.command, kind: 'command' } }
      : { ...plain, credential: await keep(keeper, credential, idOf(before)) }
  await changeAccountFile(keeper.file, ({ accounts, ...rest }) => ({
    ...rest,
    accounts: [...accounts.filter(each => each.name !== name), stored],
    current: name,
  }))
  if (before && before.credential?.kind !== stored.credential?.kind) await forget(keeper, before)
  return toAccount(stored)
}

async function remove(keeper: Keeper, name: string): Promise<void> {
  const found = (await readAccountFile(keeper.file)).accounts.find(each => each.name === name)
  if (!found) return
  await forget(keeper, found)
  await changeAccountFile(keeper.file, ({ accounts, current, ...rest }) => ({
    ...rest,
    accounts: accounts.filter(each => each.name !== name),
    ...(current === name || current === undefined ? {} : { current }),
  }))
}

async function find(file: string, wanted: string): Promise<StoredAccount> {
  const { accounts } = await readAccountFile(file)
  const found = accounts.find(({ name }) => name === wanted)
  if (found) return found
  throw unknownAccount(wanted, accounts)
}

/** The error for a name that is no account, with the nearest ones. */
export function unknownAccount(wanted: string, accounts: readonly { name: string }[]): AppError {
  const names = [LOCAL_ACCOUNT.name, ...accounts.map(({ name }) => name)]
  const nearest = byDistance(wanted, names).slice(0, 3)
  return new AppError('not-found.account', `there is no account "${wanted}"; nearest: ${nearest.join(', ')}`, {
    details: { given: wanted, nearest },
    suggestions: nearest.map(name => `--account ${name}`),
  })
}

function idOf(stored: StoredAccount | undefined): string | undefined {
  const credential = stored?.credential
  return credential && credential.kind !== 'command' ? credential.id : undefined
}

function toAccount({
  address,
  credential,
  expiresAt,
  name,
  provider,
  since,
}: AccountFile['accounts'][number]): Account {
  const optional = Object.entries({ credential: credential?.kind, expiresAt, since }).filter(([, value]) => value)
  return { address, name, provider, ...Object.fromEntries(optional) }
}
