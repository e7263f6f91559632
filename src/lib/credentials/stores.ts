import { AppError, isAppError } from '../core/errors.ts'
import type { Home } from '../protocol/home.ts'
import { type CredentialStore, STORE_KINDS, type StoreKind } from './store.ts'

export interface Stores {
  /** @throws auth.required when `ALOFT_CREDENTIAL_STORE` forces another; usage.flag when that is neither */
  open(kind: StoreKind): Promise<CredentialStore>
  /**
   * Keeps a secret in the keychain, or in the encrypted file where there is no keychain: a locked, denied or frozen one is
   * an error, for nothing may end up in a weaker place unasked.
   * @throws auth.keychain-*, auth.credential-file, failed.disk-full, usage.home
   */
  keep(id: string, secret: string): Promise<Kept>
}

interface Kept {
  readonly kind: StoreKind
  /** Why it is not in the keychain; undefined when it is, or when the file was asked for. */
  readonly reason?: string | undefined
}

/** The stores there are; each is loaded when it is first used. */
export function openStores(environment: NodeJS.ProcessEnv, home: Home): Stores {
  const load = async (kind: StoreKind): Promise<CredentialStore> =>
    kind === 'keychain'
      ? (await import('./keychain/keychain-store.ts')).createKeychainStore(environment)
      : (await import('./file-store.ts')).createFileStore(home)
  const keepIn = async (kind: StoreKind, id: string, secret: string): Promise<Kept> => {
    await (await load(kind)).set(id, secret)
    return { kind }
  }
  return {
    async keep(id, secret) {
      const forced = forcedKind(environment)
      try {
        return await keepIn(forced ?? 'keychain', id, secret)
      } catch (error) {
        if (forced !== undefined || !isAppError(error) || error.code !== 'auth.keychain-absent') throw error
        return { ...(await keepIn('file', id, secret)), reason: error.message }
      }
    },
    async open(kind) {
      const forced = forcedKind(environment)
      if (forced === undefined || forced === kind) return load(kind)
      throw new AppError('auth.required', `the credential lies in the ${kind}, and ALOFT_CREDENTIAL_STORE=${forced}`, {
        suggestions: ['unset ALOFT_CREDENTIAL_STORE', 'or log in again: aloft login'],
      })
    },
  }
}

function forcedKind({ ALOFT_CREDENTIAL_STORE: wanted }: NodeJS.ProcessEnv): StoreKind | undefined {
  if (wanted === undefined || wanted === '') return undefined
  const kind = STORE_KINDS.find(each => each === wanted)
  if (kind) return kind
  throw new AppError('usage.flag', `ALOFT_CREDENTIAL_STORE=${wanted} is not a credential store`, {
    suggestions: STORE_KINDS.map(each => `ALOFT_CREDENTIAL_STORE=${each}`),
  })
}
