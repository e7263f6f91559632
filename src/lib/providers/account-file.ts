import * as z from 'zod/mini'
import { AppError } from '../core/errors.ts'
import type { Problem } from '../config/findings.ts'
import { changeUserFile, readUserFile } from './user-file.ts'

const credential = z.union([
  z.object({ kind: z.enum(['keychain', 'file']), id: z.string() }),
  z.object({ kind: z.literal('command'), command: z.string() }),
])

const storedAccount = z.object({
  name: z.string(),
  provider: z.string(),
  address: z.string(),
  credential: z.optional(credential),
  expiresAt: z.optional(z.string()),
  since: z.optional(z.string()),
  /** As written before there were stores: moved into one at first use. */
  token: z.optional(z.string()),
})
export type StoredAccount = z.infer<typeof storedAccount>

const accountFile = z.object({
  current: z.optional(z.string()),
  accounts: z.array(storedAccount),
  /** What the user was told and need not be told again. */
  told: z.optional(z.array(z.string())),
})
export type AccountFile = z.infer<typeof accountFile>

/** What `accounts.json` says; nothing when there is none. @throws usage.config naming the place, usage.home */
export async function readAccountFile(file: string): Promise<AccountFile> {
  return parseAccounts(file, readUserFile(file))
}

async function parseAccounts(file: string, text: string | undefined): Promise<AccountFile> {
  if (text === undefined) return { accounts: [] }
  try {
    return z.parse(accountFile, JSON.parse(text))
  } catch (error) {
    throw await damaged(file, text, error)
  }
}

/** @throws conflict.busy, failed.disk-full, usage.config, usage.home */
export async function changeAccountFile(file: string, edit: (before: AccountFile) => AccountFile): Promise<void> {
  await changeUserFile(
    file,
    async before => `${JSON.stringify(edit(await parseAccounts(file, before)), undefined, 2)}\n`,
  )
}

/** Never with what stands there, which may be a token and is quoted by the parser's own error. */
async function damaged(file: string, text: string, error: unknown): Promise<AppError> {
  const [{ createFindings }, { parseJson }, { placeOf }] = await Promise.all([
    import('../config/findings.ts'),
    import('../config/document/json-document.ts'),
    import('../config/document/node.ts'),
  ])
  const findings = createFindings()
  const node = parseJson(file, text, findings)
  const issue = error instanceof z.core.$ZodError ? error.issues[0] : undefined
  const path = (issue?.path ?? []).map(key => (typeof key === 'number' ? key : String(key)))
  const place = node && issue ? { ...placeOf(node, path), message: issue.message } : first(findings.problems)
  const where = place ? `${file}:${place.line}:${place.column}: ${place.message}` : `${file} cannot be read`
  return new AppError('usage.config', `the list of accounts is damaged: ${where}`, {
    suggestions: [`mend that place, or remove ${file} and log in again`],
  })
}

function first(problems: readonly Problem[]): Problem | undefined {
  return problems.toSorted((a, b) => a.line - b.line || a.column - b.column)[0]
}
