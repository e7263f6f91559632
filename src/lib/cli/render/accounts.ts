import type { Account, CredentialSource } from '../../providers/accounts-port.ts'
import type { Identity } from '../../providers/port.ts'
import type { LoggedIn } from '../login/login.ts'
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

export interface LoginStatus {
  readonly account: Account
  readonly identity?: Identity | undefined
}

export const loginStatusRecord = recordView<LoginStatus>([
  { cell: ({ account }) => account.name, name: 'account' },
  { cell: ({ identity }) => (identity ? 'logged in' : 'needs no login'), name: 'state' },
  { cell: ({ identity }) => identity?.user, name: 'user' },
  { cell: ({ account }) => account.address, name: 'address' },
  { cell: ({ account: { credential } }) => credential && WHERE[credential], name: 'credential' },
  { cell: ({ account }, layout) => renderTime(account.since, layout), name: 'since' },
  {
    cell: ({ account, identity }, layout) => renderTime(identity?.expiresAt ?? account.expiresAt, layout),
    name: 'expires',
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
