import type { Account, Accounts, Credential } from '../../providers/accounts-port.ts'
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
  const expiresAt = endOf(credential, identity)
  const kept = await accounts.add({ ...account, expiresAt }, credential)
  return { ...identity, account: account.name, credential: kept.credential, expiresAt }
}

/** When somebody has to log in again: never by itself where a session renews its tokens, or a command brings others. */
function endOf(credential: Credential, { expiresAt }: Identity): string | undefined {
  if ('command' in credential || credential.session?.refreshToken !== undefined) return undefined
  return credential.session?.expiresAt ?? expiresAt
}
