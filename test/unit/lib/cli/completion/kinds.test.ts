import { readdirSync } from 'node:fs'
import { expect, it } from 'vitest'
import { ruleOfArgument } from '../../../../../src/lib/cli/completion/kinds.ts'

interface Arguments {
  readonly strict?: boolean
  readonly args?: Readonly<Record<string, { readonly options?: readonly string[] }>>
}

const root = new URL('../../../../../src/commands/', import.meta.url)
const files = readdirSync(root, { encoding: 'utf8', recursive: true }).filter(file => file.endsWith('.ts'))

/** What only the person knows, or what is not remembered. */
const FREE_TEXT = [
  'activities answer answer',
  'backup schedule cron',
  'config explain key',
  'environments create name',
  'platform setup ...',
  'projects create name',
  'rollback deployment',
  'tokens create name',
  'tokens revoke name',
]

it.each(files)('%s: completion knows what each argument names, or that it is free text', async file => {
  const { default: Command }: { default: Arguments } = await import(new URL(file, root).href)
  const words = file.replace(/(\/index)?\.ts$/, '').replaceAll('/', ' ')
  const names = Command.strict === false ? ['...'] : Object.keys(Command.args ?? {})
  const unknown = names
    .filter(name => Command.args?.[name]?.options === undefined && ruleOfArgument(words, name) === undefined)
    .map(name => `${words} ${name}`)

  expect(unknown.filter(each => !FREE_TEXT.includes(each))).toEqual([])
})
