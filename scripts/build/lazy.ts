import { readFile } from 'node:fs/promises'
import type { Plugin } from 'esbuild'

/** Modules of Node that take a millisecond or more to load, and that most runs of a command do not need. */
const COSTLY =
  'child_process|crypto|dns|fs/promises|http|http2|https|net|readline|readline/promises|stream/promises|tls|worker_threads|zlib'

/** Loads what takes long when it is first used: of Node, and within oclif. */
export const lazily: Plugin = {
  name: 'lazily',
  setup(host) {
    host.onResolve({ filter: new RegExp(`^(node:)?(${COSTLY})$`) }, ({ namespace, path }) =>
      namespace === 'builtin' ? { external: true, path } : { namespace: 'builtin', path },
    )
    host.onLoad({ filter: /.*/, namespace: 'builtin' }, async ({ path }) => ({ contents: await getters(path) }))

    host.onResolve({ filter: /^@oclif\/core$/ }, ({ path }) => ({ namespace: 'oclif', path }))
    host.onLoad({ filter: /.*/, namespace: 'oclif' }, () => ({ contents: OCLIF, resolveDir: import.meta.dirname }))
    host.onResolve({ filter: /^wsl-utils$/ }, ({ path }) => ({ namespace: 'wsl', path }))
    host.onLoad({ filter: /.*/, namespace: 'wsl' }, () => ({ contents: WSL }))
    host.onLoad({ filter: /@oclif\/core\/lib\/.*\.js$/ }, async ({ path }) => ({
      contents: requireLazily(await readFile(path, 'utf8')),
    }))
  },
}

/** What commands use of oclif: its index would load everything. */
const OCLIF = `
export { Command } from '@oclif/core/command'
export { Config } from '@oclif/core/config'
export * as Args from '@oclif/core/args'
export * as Flags from '@oclif/core/flags'
`

/** oclif asks at each start whether this is WSL, in a way that loads `node:child_process`. */
const WSL = "export const isWsl = 'WSL_DISTRO_NAME' in process.env || 'WSL_INTEROP' in process.env"

async function getters(path: string): Promise<string> {
  const names = Object.keys(await import(path)).filter(name => name !== 'default' && name !== 'module.exports')
  return `module.exports = { ${names.map(name => `get ${name}() { return require('${path}').${name} }`).join(', ')} }`
}

/** In CommonJS as TypeScript writes it, each import is a variable that is only read by its properties. */
function requireLazily(text: string): string {
  const imported: string[] = []
  const declared = text.replaceAll(/^const (\w+_\d+) = (.*\brequire\(.*\));$/gm, (_, name: string, value: string) => {
    imported.push(name)
    return `let $${name}; const get_${name} = () => ($${name} ??= ${value});`
  })
  if (imported.length === 0) return text
  return declared.replaceAll(new RegExp(`(?<![\\w$])(${imported.join('|')})\\b`, 'g'), '(get_$1())')
}
