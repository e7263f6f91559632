import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { canonical, noticesOf, packagesOf } from '../../../scripts/build/notices.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const noticesFor = (...names: string[]): string =>
  noticesOf(
    root,
    names.map(name => `node_modules/${name}`),
  )

describe('the notices of packages', () => {
  it('are of the packages that files lie in', () => {
    const files = ['src/lib/core/ids.ts', 'node_modules/ws/lib/a.js', 'node_modules/ws/b.js', 'builtin:node:http']

    expect([...packagesOf([...files, 'node_modules/a/node_modules/@b/c/d/e.js'])]).toEqual([
      'node_modules/ws',
      'node_modules/a/node_modules/@b/c',
    ])
  })

  it('name each with its version, its licence and whose it is, and each text once', () => {
    const text = noticesFor('p-retry', 'pino', 'ws', 'zod')

    expect(text).toMatch(/^pino \d+\.\d+\.\d+ \(MIT\); Copyright \(c\) 2016-present Matteo Collina/m)
    expect(text).toMatch(/^zod \d+\.\d+\.\d+ \(MIT\); Copyright \(c\) 2025 Colin McDonnell$/m)
    expect(text).toMatch(/^ws .*; Copyright \(c\) 2016 Luigi Pinca and contributors$/m)
    expect(text.match(/Permission is hereby granted/g)).toHaveLength(1)
  })

  it('say where the source of what is under the Mozilla Public License is', () => {
    expect(noticesFor('@jmespath-community/jmespath')).toContain(
      'Its source is at git://github.com/jmespath-community/typescript-jmespath, its licence MPL-2.0',
    )
  })

  it.each([
    'age-encryption',
    'b4a',
    'graceful-fs',
    'human-signals',
    'reflect-metadata',
    'retry',
    'tslib',
    'ws',
    'yaml',
  ])('leave out no line of the licence of %s, beside others', name => {
    const said =
      canonical(noticesFor('b4a', 'ejs', 'pino', 'zod', name)) + canonical(readFileSync(join(root, 'LICENSE'), 'utf8'))

    const lines = licenceOf(name)
      .map(canonical)
      .filter(line => !/^(the )?(mit|isc) license$/.test(line))
    expect(lines.length).toBeGreaterThan(5)
    expect(lines.filter(line => !said.includes(line))).toEqual([])
  })
})

/** Up to the end of its terms. */
function licenceOf(name: string): string[] {
  const directory = join(root, 'node_modules', name)
  const file = readdirSync(directory).find(each => /^licen[cs]e/i.test(each)) ?? ''
  return (readFileSync(join(directory, file), 'utf8').split('END OF TERMS AND CONDITIONS')[0] ?? '').split('\n')
}
