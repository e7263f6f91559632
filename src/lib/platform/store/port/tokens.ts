import type { TokenScope } from '../../../protocol/access.ts'

export interface TokenRecord {
  readonly name: string
  readonly scope: TokenScope
  /** Name of the only project that it is for; absent: all of them. */
  readonly project?: string | undefined
  readonly createdAt: string
  readonly expiresAt?: string | undefined
  readonly lastUsedAt?: string | undefined
}

/** Only the SHA-256 of a token is kept. */
export interface TokenStore {
  /** @throws conflict.exists */
  create(token: Omit<TokenRecord, 'createdAt' | 'lastUsedAt'> & { readonly value: string }): TokenRecord
  /** The valid, unexpired token of this value; notes its use, at most once a minute. */
  use(value: string): TokenRecord | undefined
  /** By name, expired ones included. */
  list(): TokenRecord[]
  /** False when there was none. */
  delete(name: string): boolean
}
