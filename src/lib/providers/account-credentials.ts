import { join } from 'node:path'
import { AppError, isAppError } from '../core/errors.ts'
import { createId } from '../core/ids.ts'
import type { TokenCredential } from '../credentials/credential.ts'
import type { CredentialStore, StoreKind } from '../credentials/store.ts'
import type { Stores } from '../credentials/stores.ts'
import type { Home } from '../protocol/home.ts'
import { changeAccountFile, readAccountFile, type StoredAccount } from './account-file.ts'

/** What the credentials of accounts need around them. */
export interface Keeper {
  /** `accounts.json` */
  readonly file: string
  readonly home: Home
  readonly environment: NodeJS.ProcessEnv
  readonly stores: Stores
  readonly notify: (text: string) => void
}

type Kept = { readonly id: string; readonly kind: StoreKind }

/** In the store of choice. That it is not the keychain is said once. */
export async function keep(
  { file, notify, stores }: Keeper,
  credential: TokenCredential,
  id: string = createId('acc'),
): Promise<Kept> {
  const { formatCredential } = await import('../credentials/credential.ts')
  const { kind, reason } = await stores.keep(id, formatCredential(credential))
  if (reason !== undefined && !(await readAccountFile(file)).told?.includes(kind)) {
    notify(`${reason}; credentials are kept in an encrypted file instead`)
    await changeAccountFile(file, ({ told = [], ...rest }) => ({ ...rest, told: [...told, kind] }))
  }
  return { id, kind }
}

/** Where the store is out of reach its entry stays, and that is said. @throws auth.keychain-*, auth.credential-file */
export async function forget({ notify, stores }: Keeper, { credential, name }: StoredAccount): Promise<void> {
  if (credential === undefined || credential.kind === 'command') return
  const { id, kind } = credential
  try {
    await (await stores.open(kind)).delete(id)
  } catch (error) {
    if (!isAppError(error) || (error.code !== 'auth.keychain-absent' && error.code !== 'auth.required')) throw error
    notify(`the credential of ${name} stays in the ${kind}, as "aloft" "${id}": ${error.message}`)
  }
}

/** A token that is valid now, as far as we can know. @throws auth.*, unavailable.*; the signal's reason */
export async function readToken(keeper: Keeper, account: StoredAccount, signal: AbortSignal): Promise<string> {
  const { credential, name } = account
  if (credential?.kind === 'command') {
    const { runTokenCommand } = await import('../credentials/token-command.ts')
    return runTokenCommand(credential.command, { account: name, signal })
  }
  if (credential === undefined) throw gone(name)
  const kept = await read(keeper, credential, name)
  const { formatCredential, isStale } = await import('../credentials/credential.ts')
  if (!isStale(kept)) return kept.token
  const { renew } = await import('../credentials/oauth/session.ts')
  const { environment, home } = keeper
  const renewed = await renew({
    environment,
    lock: join(home.data, credential.id),
    read: () => read(keeper, credential, name),
    signal,
    write: async after => (await keeper.stores.open(credential.kind)).set(credential.id, formatCredential(after)),
  })
  return renewed.token
}

/** Ends a login at its authorization server; false when the account has none. @throws auth.*, unavailable.* */
export async function revokeSession(keeper: Keeper, account: StoredAccount, signal: AbortSignal): Promise<boolean> {
  const { credential, name } = account
  if (credential === undefined || credential.kind === 'command') return false
  const kept = await read(keeper, credential, name)
  if (!kept.session) return false
  const { revoke } = await import('../credentials/oauth/session.ts')
  await revoke(kept, { environment: keeper.environment, signal })
  return true
}

/** Tokens that lie in `accounts.json` itself, as older versions kept them, go into the store. */
export async function moveTokens(keeper: Keeper): Promise<void> {
  for (const { name, token } of (await readAccountFile(keeper.file)).accounts) {
    if (token === undefined) continue
    const credential = await keep(keeper, { token })
    await changeAccountFile(keeper.file, ({ accounts, ...rest }) => ({
      ...rest,
      accounts: accounts.map(({ token: moved, ...account }) =>
        account.name === name ? { ...account, credential } : { ...account, ...(moved ? { token: moved } : {}) },
      ),
    }))
  }
}

async function read({ stores }: Keeper, { id, kind }: Kept, name: string): Promise<TokenCredential> {
  const store: CredentialStore = await stores.open(kind)
  const secret = await store.get(id)
  if (secret === undefined) throw gone(name)
  const { parseCredential } = await import('../credentials/credential.ts')
  return parseCredential(secret)
}

function gone(name: string): AppError {
  return new AppError('auth.required', `the credential of the account ${name} is gone`, {
    suggestions: ['log in again: aloft login'],
  })
}
