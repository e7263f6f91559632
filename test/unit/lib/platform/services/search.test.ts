import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { mismatch } from '../../../../../src/lib/platform/services/mismatch.ts'
import type { InstalledService, ServiceType } from '../../../../../src/lib/platform/services/port.ts'
import { searchTypes } from '../../../../../src/lib/platform/services/search.ts'
import { servicePlace } from '../../../../helpers/services/place.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'aloft-search-'))
})
afterEach(() => rmSync(root, { force: true, recursive: true }))

/** A program that says how it was started. */
const PROGRAM = `#!/bin/sh
printf '%s\\n' "$0" "$@"
env | grep -E '^(ES|OPENSEARCH|SOLR)_' | sort
`

const ENGINES = [
  {
    library: 'lib/elasticsearch-8.15.1.jar',
    product: 'Elasticsearch 8.15.1',
    security: 'modules/x-pack-security/plugin.jar',
    variable: 'ES_HOME',
    word: 'elasticsearch',
  },
  {
    library: 'lib/opensearch-2.11.0.jar',
    product: 'OpenSearch 2.11.0',
    security: 'plugins/opensearch-security/plugin.jar',
    variable: 'OPENSEARCH_HOME',
    word: 'opensearch',
  },
  {
    library: 'server/solr-webapp/webapp/WEB-INF/lib/solr-core-9.4.0.jar',
    product: 'Solr 9.4.0',
    security: undefined,
    variable: 'SOLR_HOME',
    word: 'solr',
  },
] as const

test.each(ENGINES)('$word is what $variable points to', async ({ library, product, variable, word }) => {
  install(word, [library])
  for (const name of [word, 'search']) {
    const installed = await locate(typeNamed(name, { [variable]: root }))
    expect(installed).toMatchObject({ path: [join(root, 'bin')], product })
    expect(mismatch({ name: 'index', type: name, version: product.split(' ')[1] }, installed)).toBeUndefined()
  }
})

test.each(ENGINES)(
  '$word is started for its own address and volume alone',
  async ({ library, security, variable, word }) => {
    install(word, [library, 'config/engine.yml', 'server/solr/solr.xml', ...(security ? [security] : [])])
    const type = typeNamed(word, { [variable]: root })
    const printed = await start(type)
    expect(printed).toContain('127.66.0.1')
    expect(printed).toContain('4000')
    expect(printed).toContain(join(root, 'app', 'data', word))
    expect(printed.includes('security')).toBe(security !== undefined)
    expect(printed).toContain('512m')
  },
)

test.each(ENGINES)(
  '$word is told to applications with its scheme and product, and is not backed up',
  async ({ library, product, variable, word }) => {
    install(word, [library])
    const type = typeNamed(word, { [variable]: root })
    const installed = await locate(type)
    expect(type.connections(servicePlace({ installed }))).toMatchObject([
      { endpoint: word, query: { product }, scheme: word === 'solr' ? 'solr' : 'http' },
    ])
    expect(type.withoutBackup?.(installed)).toContain(product)
  },
)

test('whoever asks for OpenSearch where it is not gets Groonga, and is told both names and that it differs', async ({
  skip,
}) => {
  const type = typeNamed('opensearch', {})
  const installed = await type.locate()
  if (!installed.found) return skip('no groonga: apt-get install groonga-bin')
  expect(installed.product).toMatch(/^Groonga /)
  expect(mismatch({ name: 'index', type: 'opensearch', version: '2' }, installed)).toMatch(
    /asks for opensearch 2 and gets Groonga .*interface is another one.*OPENSEARCH_HOME/,
  )
  expect(type.withoutBackup?.(installed)).toBeUndefined()
  expect(type.connections(servicePlace({ installed }))).toMatchObject([{ query: { product: installed.product } }])
})

test('a variable that leads nowhere is as good as none', async () => {
  const located = await typeNamed('solr', { SOLR_HOME: join(root, 'nowhere') }).locate()
  expect(located.found && located.product.startsWith('Solr')).toBe(false)
})

function typeNamed(name: string, environment: Readonly<Record<string, string>>): ServiceType {
  const type = searchTypes(environment).find(each => each.name === name)
  if (!type) throw new Error(`there is no ${name}`)
  return type
}

async function locate(type: ServiceType): Promise<InstalledService> {
  const located = await type.locate()
  if (!located.found) throw new Error(`${type.name} was not found`)
  return located
}

function install(program: string, files: readonly string[]): void {
  for (const path of [`bin/${program}`, ...files]) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), path === `bin/${program}` ? PROGRAM : '')
  }
  chmodSync(join(root, 'bin', program), 0o755)
}

/** As the platform starts it: from its kit, with its volume. What the program printed. */
async function start(type: ServiceType): Promise<string> {
  const installed = await locate(type)
  const app = join(root, 'app')
  mkdirSync(join(app, 'data'), { recursive: true })
  mkdirSync(join(root, 'tmp'))
  const script = join(root, 'start')
  writeFileSync(script, type.kit(installed).files['bin/start'] ?? '')
  const variables = type.launch?.(servicePlace({ installed }))?.variables
  const PATH = [...installed.path, '/usr/bin', '/bin'].join(':')
  return execFileSync('sh', [script], {
    cwd: app,
    encoding: 'utf8',
    env: { ...variables, PATH, TMPDIR: join(root, 'tmp') },
  })
}
