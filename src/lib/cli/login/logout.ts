import type { Accounts } from '../../providers/accounts-port.ts'
import type { Provider } from '../../providers/port.ts'

export interface Logout {
  readonly accounts: Accounts
  readonly open: (account: string) => Promise<Provider>
  /** `try` forgets the account whatever the server says, `must` only when the credential is not valid any more. */
  readonly revoke: 'try' | 'must' | 'never'
  readonly signal: AbortSignal
  readonly warn: (text: string) => void
}

/** Ends the credential's validity and forgets the account; one that is gone already is no error. */
export async function logout(name: string, request: Logout): Promise<void> {
  const { accounts, revoke } = request
  const isThere = (await accounts.list()).some(account => account.name === name)
  if (isThere && revoke !== 'never') await endValidity(name, request)
  await accounts.remove(name)
}

async function endValidity(name: string, { accounts, open, revoke, signal, warn }: Logout): Promise<void> {
  try {
    if (await accounts.revokeSession(name, signal)) return
    await (await open(name)).auth.revoke({ signal })
  } catch (error) {
    signal.throwIfAborted()
    if (revoke === 'must') throw error
    warn(`the credential could not be revoked at the server: ${error instanceof Error ? error.message : String(error)}`)
  }
}
