import { readLink } from '../link-file.ts'
import type { Runtime } from '../runtime.ts'
import { explain, type Explanation, type Origin } from './explain-settings.ts'

/** What a command is about, and the variable that each flag reads. */
const CHOICES = {
  account: 'ALOFT_ACCOUNT',
  environment: 'ALOFT_ENVIRONMENT',
  project: 'ALOFT_PROJECT',
  provider: 'ALOFT_PROVIDER',
} as const
type Choice = keyof typeof CHOICES

/** `given`: flags that stand on the command line, without those that variables filled in. */
export async function explainChoices(
  given: Readonly<Partial<Record<Choice, string>>>,
  runtime: Runtime,
): Promise<Explanation[]> {
  const link = await readLink(runtime.directory)
  const accounts = await runtime.openAccounts(() => {})
  const current = await accounts.current()
  const keys: readonly Choice[] = ['account', 'environment', 'project', 'provider']
  return keys.map(key => {
    const variable = runtime.environment[CHOICES[key]]
    return explain(key, [
      origin('flag', given[key], `--${key}`),
      origin('variable', variable, CHOICES[key]),
      origin('link', link?.[key], link && `${link.directory}/.aloft/link.json`),
      key === 'account' ? origin('account', current?.name, 'the one you logged in to last') : undefined,
      key === 'provider' ? origin('account', current?.provider, `the account ${current?.name}`) : undefined,
      key === 'account' ? { source: 'default', value: 'local' } : undefined,
    ])
  })
}

function origin(source: Origin['source'], value: string | undefined, place: string | undefined): Origin | undefined {
  return value === undefined ? undefined : { place, source, value }
}
