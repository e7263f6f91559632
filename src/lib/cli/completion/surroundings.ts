import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** What a directory is bound to and who the user is, read without schemas: whatever is odd counts as absent. */
export interface Surroundings {
  readonly link: Readonly<Record<string, unknown>>
  readonly accounts: readonly { readonly name: string; readonly provider: string }[]
  readonly currentAccount: string | undefined
}

/** Never throws. */
export function readSurroundings(directory: string, configDirectory: string): Surroundings {
  const file = readJson(join(configDirectory, 'accounts.json')) ?? {}
  const accounts = Array.isArray(file['accounts']) ? file['accounts'].filter(isAccount) : []
  return { accounts, currentAccount: textOf(file['current']), link: findLink(directory) }
}

export interface AccountChoice {
  readonly account?: string | undefined
  readonly provider?: string | undefined
}

/** The account that a command with these flags would use, as the registry chooses it. */
export function accountOf(choice: AccountChoice, { accounts, currentAccount, link }: Surroundings): string {
  const isChosen = choice.account !== undefined || choice.provider !== undefined
  const account = isChosen ? choice.account : textOf(link['account'])
  const provider = isChosen ? choice.provider : textOf(link['provider'])
  if (account !== undefined) return account
  const ofProvider = accounts.filter(each => provider === undefined || each.provider === provider)
  const current = ofProvider.find(({ name }) => name === currentAccount)
  return current?.name ?? (provider === undefined ? undefined : ofProvider[0]?.name) ?? 'local'
}

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

function findLink(directory: string): Readonly<Record<string, unknown>> {
  const link = readJson(join(directory, '.aloft', 'link.json'))
  const parent = dirname(directory)
  return link ?? (parent === directory ? {} : findLink(parent))
}

function readJson(file: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'))
    return isRecord(value) ? value : undefined
  } catch {
    return undefined
  }
}

function isAccount(value: unknown): value is { name: string; provider: string } {
  return isRecord(value) && typeof value['name'] === 'string' && typeof value['provider'] === 'string'
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
