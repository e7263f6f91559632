import { AppError } from '../core/errors.ts'
import type { Account, Accounts } from '../providers/accounts-port.ts'
import type { Identity, Provider } from '../providers/port.ts'

export interface Login {
  readonly account: Account
  readonly token: string
  readonly accounts: Accounts
  /** Opens the provider of an account and asks it who we are. */
  readonly identify: (account: string) => Promise<Identity>
}

/** Keeps the account only when the provider accepts the token; the accounts there were stay as they were otherwise. */
export async function login({ account, accounts, identify, token }: Login): Promise<Identity> {
  const before = await accounts.current()
  const trial = { ...account, name: `${account.name}~new` }
  await accounts.add(trial, { token })
  try {
    const identity = await identify(trial.name)
    await accounts.add(account, { token })
    return { ...identity, account: account.name }
  } catch (error) {
    if (before) await accounts.use(before.name)
    throw error
  } finally {
    await accounts.remove(trial.name)
  }
}

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
