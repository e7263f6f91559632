import type { Account, Accounts } from '../../providers/accounts-port.ts'
import type { Identity } from '../../providers/port.ts'
import type { Obtained } from './obtain-credential.ts'

export interface Login extends Obtained {
  readonly account: Account
  readonly accounts: Accounts
  /** Opens the provider of an account that is not kept yet and asks it who we are. */
  readonly identify: (trial: { readonly account: Account; readonly token: string }) => Promise<Identity>
}

export type LoggedIn = Identity & Pick<Account, 'credential'>

/** Keeps the account, and makes it the current one, only when the provider accepts the credential. */
export async function login({ account, accounts, credential, identify, token }: Login): Promise<LoggedIn> {
  const identity = await identify({ account, token })
  const kept = await accounts.add({ ...account, expiresAt: identity.expiresAt }, credential)
  return { ...identity, account: account.name, credential: kept.credential }
}
