import { globSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { variableGroups } from '../../../../../src/lib/cli/help/environment-variables.ts'

const root = new URL('../../../../../', import.meta.url)
const TABLE = 'src/lib/cli/help/environment-variables.ts'
const NAME = /[A-Z][A-Z0-9_]+/g

/** How sources read a variable; the last group holds names. */
const READS = [
  /\b(?:env|environment)\??\.?\['([A-Za-z_]\w*)'\]/g,
  /\benv: '(\w+)'/g,
  /'([A-Z]\w*)' in (?:process\.)?env/g,
  /\{([^{}]*)\}\s*(?::\s*NodeJS\.ProcessEnv|=\s*(?:this\.runtime\.|runtime\.|process\.)?(?:environment|env)\b)/g,
  /_VARIABLES\b[^=]*=\s*\[([^\]]*)\]/g,
  /\b(ALOFT_[A-Z_]+|[A-Z]+_CLI_TOKEN)\b/g,
]

it('has every variable that the sources read', () => {
  const known = new Set(variableGroups.flatMap(({ variables }) => variables.flatMap(([name]) => name.split(', '))))

  const files = globSync('{src,bin}/**/*.{ts,js}', { cwd: root }).filter(file => file !== TABLE)
  const unknown = files.flatMap(file =>
    namesIn(readFileSync(new URL(file, root), 'utf8')).map(name => `${name} (${file})`),
  )

  expect(
    unknown.filter(each => !known.has(each.split(' ')[0] ?? '')),
    `say in ${TABLE} what they mean`,
  ).toEqual([])
})

function namesIn(source: string): readonly string[] {
  return READS.flatMap(pattern => [...source.matchAll(pattern)].flatMap(([, found = '']) => found.match(NAME) ?? []))
}
