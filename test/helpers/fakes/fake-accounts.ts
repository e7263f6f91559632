import { AppError } from '../../../src/lib/core/errors.ts'
import type { Account, Accounts, Credential } from '../../../src/lib/providers/accounts-port.ts'

export function createFakeAccounts(): Accounts & { readonly tokens: Map<string, string> } {
  const accounts = new Map<string, Account>()
  const tokens = new Map<string, string>()
  let current: string | undefined
  return {
    add: async (account, credential) => {
      const stored: Account = { ...account, credential: 'command' in credential ? 'command' : 'keychain' }
      accounts.set(account.name, stored)
      tokens.set(account.name, secretOf(credential))
      current = account.name
      return stored
    },
    current: async () => (current === undefined ? undefined : accounts.get(current)),
    list: async () => [...accounts.values()],
    remove: async name => {
      accounts.delete(name)
      tokens.delete(name)
      if (current === name) current = undefined
    },
    revokeSession: async () => false,
    tokens,
    use: async name => {
      if (!accounts.has(name)) throw new AppError('not-found.account', `there is no account ${name}`)
      current = name
    },
  }
}

function secretOf(credential: Credential): string {
  return 'command' in credential ? credential.command : credential.token
}
