import type { Account, CredentialSource } from '../../providers/accounts-port.ts'
import type { Identity } from '../../providers/port.ts'
import type { LoggedIn } from '../login.ts'
import { recordView } from '../output/view.ts'
import { renderTime } from './relative-time.ts'

export interface WhoAmI {
  readonly identity: Identity
  readonly accounts: readonly Account[]
}

export const identityRecord = recordView<WhoAmI>([
  { cell: ({ identity }) => identity.user, name: 'user' },
  { cell: ({ identity }) => identity.account, name: 'account' },
  { cell: ({ identity }) => identity.address, name: 'address' },
  { cell: ({ identity }, layout) => renderTime(identity.expiresAt, layout), name: 'expires' },
  {
    cell: ({ accounts }) => accounts.map(({ address, name }) => `${name} (${address})`).join(', '),
    name: 'all-accounts',
  },
])

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
