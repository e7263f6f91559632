import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import writeFileAtomic from 'write-file-atomic'
import * as z from 'zod/mini'
import { AppError } from '../core/errors.ts'
import { resolveHome } from '../protocol/home.ts'
import { homeError, makeHomeDirectory } from '../protocol/make-home.ts'
import type { Account, Accounts } from './accounts-port.ts'

const accountFile = z.object({
  current: z.optional(z.string()),
  accounts: z.array(z.object({ name: z.string(), provider: z.string(), address: z.string(), token: z.string() })),
})
type AccountFile = z.infer<typeof accountFile>

/** The embedded platform of this user: it needs no login. */
export const LOCAL_ACCOUNT: Account = { address: 'local', name: 'local', provider: 'platform' }

export interface StoredAccounts extends Accounts {
  /** The credential of an account. @throws not-found.account */
  token(name: string): Promise<string>
}

/** Accounts in a file that only its user can read (0600). */
export function openAccounts(environment: NodeJS.ProcessEnv): StoredAccounts {
  const file = join(resolveHome(environment).config, 'accounts.json')
  const change = async (edit: (before: AccountFile) => AccountFile): Promise<void> => {
    await makeHomeDirectory(dirname(file), 0o700)
    await writeFileAtomic(file, `${JSON.stringify(edit(await read(file)), undefined, 2)}\n`, { mode: 0o600 })
  }
  return {
    add: (account, { token }) =>
      change(({ accounts }) => ({
        accounts: [...accounts.filter(({ name }) => name !== account.name), { ...account, token }],
        current: account.name,
      })),
    async current() {
      const { accounts, current } = await read(file)
      return accounts.map(withoutToken).find(({ name }) => name === current)
    },
    async list() {
      return (await read(file)).accounts.map(withoutToken)
    },
    remove: removed =>
      change(({ accounts, current }) => ({
        accounts: accounts.filter(({ name }) => name !== removed),
        ...(current === removed || current === undefined ? {} : { current }),
      })),
    async token(name) {
      return (await find(file, name)).token
    },
    async use(name) {
      if (name !== LOCAL_ACCOUNT.name) await find(file, name)
      await change(({ accounts }) => (name === LOCAL_ACCOUNT.name ? { accounts } : { accounts, current: name }))
    },
  }
}

async function find(file: string, wanted: string): Promise<AccountFile['accounts'][number]> {
  const { accounts } = await read(file)
  const found = accounts.find(({ name }) => name === wanted)
  if (found) return found
  const names = ['local', ...accounts.map(({ name }) => name)]
  throw new AppError('not-found.account', `there is no account "${wanted}"`, {
    suggestions: names.map(name => `--account ${name}`),
  })
}

function withoutToken({ address, name, provider }: AccountFile['accounts'][number]): Account {
  return { address, name, provider }
}

async function read(file: string): Promise<AccountFile> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return { accounts: [] }
    throw homeError(error, file)
  }
  try {
    return z.parse(accountFile, JSON.parse(text))
  } catch (cause) {
    throw new AppError('usage.config', `${file} is damaged`, {
      cause,
      suggestions: [`remove ${file} and log in again`],
    })
  }
}
