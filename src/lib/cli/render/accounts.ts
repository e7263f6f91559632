import type { Account, CredentialSource } from '../../providers/accounts-port.ts'
import type { Identity } from '../../providers/port.ts'
import type { LoggedIn } from '../login.ts'
import type { Layout } from './layout.ts'
import { renderTime } from './relative-time.ts'
import { renderFacts } from './table.ts'

export interface WhoAmI {
  readonly identity: Identity
  readonly accounts: readonly Account[]
}

export function renderWhoAmI({ accounts, identity }: WhoAmI, layout: Layout): string {
  return renderFacts(
    [
      ['user', identity.user],
      ['account', identity.account],
      ['address', identity.address],
      ['expires', renderTime(identity.expiresAt, layout)],
      ['all accounts', accounts.map(({ address, name }) => `${name} (${address})`).join(', ')],
    ],
    layout,
  )
}

export function renderLogin({ account, address, credential, user }: LoggedIn): string {
  const where = credential === undefined ? '' : `, credential ${WHERE[credential]}`
  return `logged in to ${address} as ${user} (account ${account}${where})\n`
}

const WHERE: Readonly<Record<CredentialSource, string>> = {
  command: 'from its command',
  environment: 'from the environment',
  file: 'in the encrypted file',
  keychain: 'in the keychain',
}
