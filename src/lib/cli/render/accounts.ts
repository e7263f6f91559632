import type { Account } from '../../providers/accounts-port.ts'
import type { Identity } from '../../providers/port.ts'
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
