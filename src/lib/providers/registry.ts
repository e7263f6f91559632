import { join } from 'node:path'
import { systemClock } from '../core/clock.ts'
import { AppError } from '../core/errors.ts'
import { byDistance } from '../core/nearest.ts'
import { resolveHome } from '../protocol/home.ts'
import type { Account } from './accounts-port.ts'
import type { Address } from '../transport/address.ts'
import type { Network, NetworkOptions } from '../transport/network.ts'
import { LOCAL_ACCOUNT, type Notify, type StoredAccounts, openAccounts } from './accounts.ts'
import { chooseAccount, type ChosenAccount } from './choose-account.ts'
import type { LocalPlatform } from './local-platform.ts'
import type { ProviderPackage } from './packages.ts'
import type { Provider } from './port.ts'

/** What a provider says to the user by itself, and where `--debug` writes. */
export interface OpenOptions extends Pick<NetworkOptions, 'debug' | 'tell'> {
  /** Only accounts of this provider. */
  readonly provider?: string | undefined
  readonly account?: string | undefined
  readonly environment: NodeJS.ProcessEnv
  /** Ends the wait for a credential. */
  readonly signal?: AbortSignal | undefined
  /** An account that is not kept yet, with its token: it is opened whatever else is chosen. */
  readonly trial?: { readonly account: Account; readonly token: string } | undefined
  /** Told what the user should know of the credentials. */
  readonly notify?: Notify | undefined
}

/** All that a provider does goes one way out. */
type Open = (
  account: Account,
  token: () => Promise<string>,
  options: OpenOptions & { network: Network },
) => Promise<Provider>

/** Each provider is loaded only when it is used. */
const providers: Readonly<Record<string, Open>> = {
  platform: openPlatform,
}

/** What `--provider` takes without further packages. */
export const PROVIDER_IDS: readonly string[] = Object.keys(providers)

/**
 * The provider of the account that `chooseAccount` finds. The embedded platform is started with the first call,
 * when it does not run.
 * @throws not-found.account, auth.required, usage.flag
 */
export async function openProvider(options: OpenOptions): Promise<Provider> {
  const accounts = openAccounts(options.environment, options.notify)
  const { trial } = options
  const { account, token } = trial ?? (await choose(accounts, options))
  const warning = account.expiresAt === undefined ? undefined : await warnOfExpiry(account)
  if (warning !== undefined) options.notify?.(warning)
  const open = providers[account.provider] ?? (await openPackage(account.provider, options.environment))
  const network = await openNetwork(options)
  return open(account, async () => token ?? accounts.token(account.name, options.signal), { ...options, network })
}

/** @throws usage.flag when no package brings it, usage.setting */
async function findPackage(id: string, environment: NodeJS.ProcessEnv): Promise<ProviderPackage> {
  const { listPackages } = await import('./packages.ts')
  const packages = await listPackages(environment)
  const found = packages.find(each => each.id === id)
  if (found) return found
  throw unknownProvider(id, [...PROVIDER_IDS, ...packages.map(each => each.id)])
}

/** The provider that a package brings; it is loaded here. */
async function openPackage(id: string, environment: NodeJS.ProcessEnv): Promise<Open> {
  const open = await (await findPackage(id, environment)).load()
  return async (account, token, { network }) => {
    const { requestJson } = await import('../transport/http.ts')
    const secret = await token()
    const address: Address = { network, token: () => secret, url: account.address }
    return open({ account, request: request => requestJson(address, request), token: async () => secret })
  }
}

function unknownProvider(wanted: string, known: readonly string[]): AppError {
  const ids = byDistance(wanted, known)
  return new AppError('usage.flag', `there is no provider "${wanted}"; there are: ${ids.join(', ')}`, {
    suggestions: ids.map(id => `--provider ${id}`),
  })
}

/** The account that `openProvider` would use. @throws not-found.account, auth.required, usage.flag */
export async function findAccount(options: Omit<OpenOptions, 'trial'>): Promise<Account> {
  return (await choose(openAccounts(options.environment, options.notify), options)).account
}

async function choose(accounts: StoredAccounts, options: OpenOptions): Promise<ChosenAccount> {
  const { account, provider } = options
  if (account === undefined && provider !== undefined && !PROVIDER_IDS.includes(provider))
    await findPackage(provider, options.environment)
  return chooseAccount(accounts, options)
}

async function warnOfExpiry(account: Account): Promise<string | undefined> {
  const { expiryWarning } = await import('./expiry.ts')
  return expiryWarning(account, systemClock.now())
}

/** The user's own platform as a process: start, stop, status. */
export async function openLocalPlatform(
  options: Pick<OpenOptions, 'debug' | 'environment' | 'tell'>,
): Promise<LocalPlatform> {
  const { environment } = options
  const { createLocalPlatform } = await import('./platform/local.ts')
  return createLocalPlatform({ environment, home: resolveHome(environment), network: await openNetwork(options) })
}

async function openNetwork(options: NetworkOptions): Promise<Network> {
  const { createNetwork } = await import('../transport/network.ts')
  return createNetwork(options)
}

async function openPlatform(
  account: Account,
  readToken: () => Promise<string>,
  { environment, network }: OpenOptions & { network: Network },
): Promise<Provider> {
  const [{ PlatformClient }, { createPlatformProvider }, { createOwnPlatform, localAddress }] = await Promise.all([
    import('./platform/client.ts'),
    import('./platform/provider.ts'),
    import('./platform/own-platform.ts'),
  ])
  const home = resolveHome(environment)
  const cacheDirectory = join(home.cache, 'sources', account.name)
  if (account.address === LOCAL_ACCOUNT.address) {
    const local = { environment, home, network }
    return createPlatformProvider({
      account: account.name,
      cacheDirectory,
      client: new PlatformClient(localAddress(local), createOwnPlatform(local)),
    })
  }
  const token = await readToken()
  return createPlatformProvider({
    account: account.name,
    cacheDirectory,
    client: new PlatformClient({ network, token: () => token, url: account.address }),
  })
}
