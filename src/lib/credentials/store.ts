/** Where the secrets of accounts lie. One entry for each account, by the id that the accounts file gives it. */
export interface CredentialStore {
  readonly kind: StoreKind
  /** Undefined when there is none. @throws auth.keychain-* or auth.credential-file when it cannot be read */
  get(id: string): Promise<string | undefined>
  /** Replaces the one there was. @throws as `get`; failed.disk-full, usage.home */
  set(id: string, secret: string): Promise<void>
  /** An absent one succeeds. @throws as `set` */
  delete(id: string): Promise<void>
}

export const STORE_KINDS = ['keychain', 'file'] as const
export type StoreKind = (typeof STORE_KINDS)[number]
