import { AppError } from '../../core/errors.ts'
import type { Account, Accounts } from '../../providers/accounts-port.ts'
import type { PlannedStep } from './change-plan.ts'

/** Once the provider has accepted the credential. */
export async function planLogin({ address, name }: Account, accounts: Accounts): Promise<PlannedStep[]> {
  const before = await find(name, accounts)
  return [{ action: before ? 'replace' : 'add', from: before?.address, kind: 'account', name, to: address }]
}

/** Nothing for accounts that are not there. */
export async function planLogout(
  names: readonly string[],
  accounts: Accounts,
  { revokes }: { readonly revokes: boolean },
): Promise<PlannedStep[]> {
  const known = (await accounts.list()).filter(({ name }) => names.includes(name))
  return known.flatMap(({ address, name }) => [
    ...(revokes ? [{ action: 'revoke', kind: 'credential', name, from: address }] : []),
    { action: 'forget', kind: 'account', name, from: address },
  ])
}

/** Nothing when it is the current one. @throws not-found.account */
export async function planUse(name: string, accounts: Accounts): Promise<PlannedStep[]> {
  const current = await accounts.current()
  if (current?.name === name) return []
  if (name !== LOCAL && !(await find(name, accounts))) {
    throw new AppError('not-found.account', `there is no account "${name}"`, { suggestions: ['aloft whoami'] })
  }
  return [{ action: 'use', from: current?.name ?? LOCAL, kind: 'account', name }]
}

/** The embedded platform of this machine. */
const LOCAL = 'local'

async function find(name: string, accounts: Accounts): Promise<Account | undefined> {
  return (await accounts.list()).find(account => account.name === name)
}
