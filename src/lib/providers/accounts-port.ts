import type { TokenCredential } from '../credentials/credential.ts'
import type { ProviderId } from './port.ts'

/** Who I am on one provider at one address. Its credential lies elsewhere and is never handed out with it. */
export interface Account {
  /** What people type after `--account`; unique. */
  readonly name: string
  readonly provider: ProviderId
  /** A URL; `local` for the embedded platform of this user. */
  readonly address: string
  /** Where its credential comes from; absent: it needs none. */
  readonly credential?: CredentialSource | undefined
  /** When the credential ends and cannot be renewed by itself (ISO 8601). */
  readonly expiresAt?: string | undefined
  /** When it was logged in to (ISO 8601). */
  readonly since?: string | undefined
}

export const CREDENTIAL_SOURCES = ['keychain', 'file', 'command', 'environment'] as const
export type CredentialSource = (typeof CREDENTIAL_SOURCES)[number]

/** What a login brings: a token, with the session it came from, or the command that prints one. */
export type Credential = TokenCredential | { readonly command: string }

/** The accounts of this user. */
export interface Accounts {
  list(): Promise<readonly Account[]>
  /**
   * Adds or replaces the account of that name and makes it the current one. Returns it with where its credential lies.
   * @throws auth.keychain-*, auth.credential-file, failed.disk-full, usage.home
   */
  add(account: Account, credential: Credential): Promise<Account>
  /** With its credential; an absent one succeeds. @throws auth.keychain-* when the credential cannot be removed */
  remove(name: string): Promise<void>
  /**
   * Ends a login at its authorization server; false when the account came by its credential in another way.
   * @throws not-found.account, auth.*, unavailable.*
   */
  revokeSession(name: string, signal: AbortSignal): Promise<boolean>
  /** The one used when none is named; undefined before the first login. */
  current(): Promise<Account | undefined>
  /** `local` is the embedded platform. @throws not-found.account */
  use(name: string): Promise<void>
}
