import type { ProviderId } from './port.ts'

/** Who I am on one provider at one address. Its credential is kept beside it and never handed out with it. */
export interface Account {
  /** What people type after `--account`; unique. */
  readonly name: string
  readonly provider: ProviderId
  /** A URL; `local` for the embedded platform of this user. */
  readonly address: string
}

/** The accounts of this user. */
export interface Accounts {
  list(): Promise<readonly Account[]>
  /** Adds or replaces the account of that name and makes it the current one. */
  add(account: Account, credential: { readonly token: string }): Promise<void>
  /** An absent one succeeds. */
  remove(name: string): Promise<void>
  /** The one used when none is named; undefined before the first login. */
  current(): Promise<Account | undefined>
  /** @throws not-found.account */
  use(name: string): Promise<void>
}
