import { join } from 'node:path'
import { AppError, isAppError } from '../core/errors.ts'
import { createId } from '../core/ids.ts'
import { byDistance } from '../core/nearest.ts'
import { openStores, type Stores } from '../credentials/stores.ts'
import { resolveHome } from '../protocol/home.ts'
import { type AccountFile, changeAccountFile, readAccountFile, type StoredAccount } from './account-file.ts'
import type { Account, Accounts } from './accounts-port.ts'

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
  const keeper: Keeper = { file, notify, stores: openStores(environment, home) }
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
    token: (name, signal) => readToken(keeper, name, signal),
    async use(name) {
      if (name !== LOCAL_ACCOUNT.name) await find(file, name)
      const current = name === LOCAL_ACCOUNT.name ? undefined : name
      await changeAccountFile(file, ({ current: _before, ...rest }) => ({ ...rest, ...(current ? { current } : {}) }))
    },
  }
}

interface Keeper {
  readonly file: string
  readonly stores: Stores
  readonly notify: Notify
}

async function add(keeper: Keeper, account: Account, credential: Parameters<Accounts['add']>[1]): Promise<Account> {
  const before = (await readAccountFile(keeper.file)).accounts.find(({ name }) => name === account.name)
  const { address, expiresAt, name, provider, since } = account
  const plain = { address, expiresAt, name, provider, since }
  const stored: StoredAccount =
    'command' in credential
      ? { ...plain, credential: { command: credential.command, kind: 'command' } }
      : { ...plain, credential: await keep(keeper, credential.token, idOf(before)) }
  await changeAccountFile(keeper.file, ({ accounts, ...rest }) => ({
    ...rest,
    accounts: [...accounts.filter(each => each.name !== name), stored],
    current: name,
  }))
  if (before && before.credential?.kind !== stored.credential?.kind) await forget(keeper, before)
  return toAccount(stored)
}

/** In the store of choice. That it is not the keychain is said once. */
async function keep(
  { file, notify, stores }: Keeper,
  token: string,
  id: string = createId('acc'),
): Promise<NonNullable<StoredAccount['credential']>> {
  const { kind, reason } = await stores.keep(id, JSON.stringify({ token }))
  if (reason !== undefined && !(await readAccountFile(file)).told?.includes(kind)) {
    notify(`${reason}; credentials are kept in an encrypted file instead`)
    await changeAccountFile(file, ({ told = [], ...rest }) => ({ ...rest, told: [...told, kind] }))
  }
  return { id, kind }
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

/** Where the keychain is not reachable any more, its entry stays, and that is said. */
async function forget({ notify, stores }: Keeper, { credential, name }: StoredAccount): Promise<void> {
  if (credential === undefined || credential.kind === 'command') return
  try {
    await (await stores.open(credential.kind)).delete(credential.id)
  } catch (error) {
    if (!isAppError(error) || error.code !== 'auth.keychain-absent') throw error
    notify(`the credential of ${name} stays in its keychain, as "aloft" "${credential.id}": ${error.message}`)
  }
}

async function readToken(keeper: Keeper, name: string, signal?: AbortSignal): Promise<string> {
  await moveTokens(keeper)
  const { credential } = await find(keeper.file, name)
  if (credential?.kind === 'command') {
    const { runTokenCommand } = await import('../credentials/token-command.ts')
    return runTokenCommand(credential.command, { account: name, signal })
  }
  if (credential) {
    const secret = await (await keeper.stores.open(credential.kind)).get(credential.id)
    const { parseSecret } = await import('../credentials/secret.ts')
    if (secret !== undefined) return parseSecret(secret).token
  }
  throw new AppError('auth.required', `the credential of the account ${name} is gone`, {
    suggestions: ['log in again: aloft login'],
  })
}

/** Those that lie in `accounts.json` itself, as older versions kept them. */
async function moveTokens(keeper: Keeper): Promise<void> {
  for (const { name, token } of (await readAccountFile(keeper.file)).accounts) {
    if (token === undefined) continue
    const credential = await keep(keeper, token)
    await changeAccountFile(keeper.file, ({ accounts, ...rest }) => ({
      ...rest,
      accounts: accounts.map(({ token: moved, ...account }) =>
        account.name === name ? { ...account, credential } : { ...account, ...(moved ? { token: moved } : {}) },
      ),
    }))
  }
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
