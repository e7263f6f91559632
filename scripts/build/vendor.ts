import { globSync, readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { join } from 'node:path'
import type { Plugin } from 'esbuild'
import { ROOT } from './source-program.ts'

/** Packages in the program's own file, since every start needs them. */
const ALWAYS_USED = ['@oclif/core', 'chalk', 'env-paths', 'zod/mini']

/** One of them wants the other to be there before it: they stay together. */
const IN_ORDER = ['reflect-metadata', '@peculiar/x509']

/** What stands in our sources for a package or a part of it: `chrono-node/en`. */
const PACKAGE = /^[@a-z]/

const SOURCES = globSync('src/**/*.ts', { cwd: ROOT }).map(file => readFileSync(join(ROOT, file), 'utf8'))

/**
 * Gives each other package a file of its own, which all programs share and each reads only when it uses it; collects their
 * names. `dist` is where that directory lies as the output sees it, e.g. `../..`.
 */
export function vendorFiles(vendors: Set<string>, external: readonly string[], dist = '.'): Plugin {
  const isApart = (name: string): boolean =>
    ![...ALWAYS_USED, ...IN_ORDER, ...external].some(each => name.startsWith(each))
  return {
    name: 'vendor files',
    setup(host) {
      host.onResolve({ filter: PACKAGE }, ({ importer, path }) => {
        if (!importer.startsWith(join(ROOT, 'src')) || isBuiltin(path) || !isApart(path)) return undefined
        vendors.add(path)
        return { namespace: 'vendor', path }
      })
      host.onLoad({ filter: /.*/, namespace: 'vendor' }, async ({ path }) => ({
        contents: await passOn(path, dist),
        resolveDir: ROOT,
      }))
      host.onResolve({ filter: /.*/, namespace: 'vendor' }, ({ path }) => ({ external: true, path }))
    },
  }
}

/** Below `dist`. */
export function vendorFile(name: string): string {
  return `vendor/${name.replaceAll('/', '-')}.cjs`
}

/** The entry of a vendor file. */
export async function vendorText(name: string): Promise<string> {
  return `export { ${(await exportsOf(name)).join(', ')} } from ${JSON.stringify(name)}`
}

/** A module in our sources' place of the package. A default export is a value, so it cannot wait until it is used. */
async function passOn(name: string, dist: string): Promise<string> {
  const file = JSON.stringify(`${dist}/${vendorFile(name)}`)
  const names = await exportsOf(name)
  if (!isImportedByDefault(name))
    return `module.exports = { ${names.map(each => `get ${each}() { return require(${file}).${each} }`).join(', ')} }`
  const values = names.map(each => `export ${each === 'default' ? 'default' : `const ${each} =`} vendor.${each}`)
  return [`const vendor = require(${file})`, ...values].join('\n')
}

function isImportedByDefault(name: string): boolean {
  const byDefault = new RegExp(`import \\w+(, .*)? from '${name}'|default: \\w+ \\} = await import\\('${name}'\\)`)
  return SOURCES.some(text => byDefault.test(text))
}

/** As Node names them, which for CommonJS is not what every bundler does. */
async function exportsOf(name: string): Promise<readonly string[]> {
  const names = Object.keys(await import(name))
  return names.filter(each => /^[a-z_$][\w$]*$/i.test(each) && each !== 'module.exports')
}
