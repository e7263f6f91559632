import type { Account } from '../../providers/accounts-port.ts'
import type { Inspection, ServerInspection } from '../../providers/inspection.ts'
import type { Runtime } from '../runtime.ts'
import type { Check } from './check.ts'

/** Certificates and tokens are refused when clocks differ by more. */
const MOST_SKEW_MS = 5 * 60_000
/** Stands for any server where there is no account yet. */
const ANY_SERVER = new URL('https://cloud.example')

/** Keychain, accounts, and how their servers are reached. */
export async function checkServers(runtime: Runtime, signal: AbortSignal): Promise<readonly Check[]> {
  const { inspectCredentialStore, inspectRoute, inspectServer } = await import('../../providers/inspection.ts')
  const { environment } = runtime
  const servers = await serversOf(runtime)
  const [first = ANY_SERVER] = servers
  const [store, route, ...answers] = await Promise.all([
    inspectCredentialStore(environment),
    inspectRoute(first, environment),
    ...servers.map(async url => inspectServer(url, environment, signal)),
  ])
  return [
    toCheck('credentials', store),
    toCheck('proxy', route),
    ...answers.map((answer, index) => toCheck(`server ${servers[index]?.host}`, answer)),
    checkSkew(answers),
  ]
}

/** Accounts with an address of their own; each server once. */
async function serversOf(runtime: Runtime): Promise<readonly URL[]> {
  const accounts = await (await runtime.openAccounts(() => {})).list()
  const addresses = accounts.map(({ address }: Account) => address).filter(address => URL.canParse(address))
  return [...new Set(addresses)].map(address => new URL(address))
}

function toCheck(name: string, { detail, remedies }: Inspection): Check {
  if (remedies === undefined) return { detail, name, state: 'ok' }
  return { detail, fix: remedies[0] ?? 'see the message', name, state: 'failed' }
}

export function checkSkew(answers: readonly Pick<ServerInspection, 'skewMs'>[]): Check {
  const name = 'clock'
  const known = answers.flatMap(({ skewMs }) => skewMs ?? [])
  if (known.length === 0) return { detail: 'there is no server to compare it with', name, state: 'ok' }
  const worst = known.reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a))
  const seconds = Math.round(Math.abs(worst) / 1000)
  const detail = `${seconds} s ${worst > 0 ? 'behind' : 'ahead of'} the server's`
  if (Math.abs(worst) <= MOST_SKEW_MS) return { detail, name, state: 'ok' }
  return { detail, fix: 'set the time: timedatectl set-ntp true', name, state: 'failed' }
}
