import { AppError } from '../core/errors.ts'
import type { Account, Accounts } from '../providers/accounts-port.ts'
import type { Identity, Provider } from '../providers/port.ts'

export interface Login {
  readonly account: Account
  readonly token: string
  readonly accounts: Accounts
  /** Opens the provider of an account that is not kept yet and asks it who we are. */
  readonly identify: (trial: { readonly account: Account; readonly token: string }) => Promise<Identity>
}

/** Keeps the account, and makes it the current one, only when the provider accepts the token. */
export async function login({ account, accounts, identify, token }: Login): Promise<LoggedIn> {
  const identity = await identify({ account, token })
  const { credential } = await accounts.add({ ...account, expiresAt: identity.expiresAt }, { token })
  return { ...identity, account: account.name, credential }
}

export type LoggedIn = Identity & Pick<Account, 'credential'>

/** The address without a trailing slash. @throws usage.flag */
export function parseAddress(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url && (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname)))) return url
  throw new AppError('usage.flag', `--url ${text} is not an address a token may be sent to`, {
    suggestions: ['write --url https://host, or http://127.0.0.1:PORT for this machine'],
  })
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host)
}

/** Ends the token's validity where the provider can be reached; what goes wrong is returned, not thrown. */
export async function revoke(provider: Provider, signal: AbortSignal): Promise<string | undefined> {
  try {
    await provider.auth.revoke({ signal })
    return undefined
  } catch (error) {
    signal.throwIfAborted()
    return `the token could not be revoked at the server: ${error instanceof Error ? error.message : String(error)}`
  }
}
