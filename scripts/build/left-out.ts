import { readFile } from 'node:fs/promises'
import type { Plugin } from 'esbuild'

/** What packages bring along and aloft never uses: more than a megabyte. */
const LEFT_OUT = [
  // character sets, for questions that are answered in an editor
  { filter: /^@inquirer\/external-editor$/, instead: 'export function editAsync() { throw new Error("no editor") }' },
  // looks for commands in a directory: those of aloft are compiled in
  { filter: /^tinyglobby$/, instead: 'export async function glob() { throw new Error("no globs") }' },
  // the frames of oclif's own spinner, which aloft never shows
  { filter: /^cli-spinners$/, instead: 'const one = { frames: ["-"] }; export default { dots2: one, line: one }' },
  // zod's messages in other languages
  { filter: /^\.\.\/locales\/index\.js$/, instead: 'export {}' },
  // how oclif looks for plugins
  { filter: /^(lilconfig|minimatch|tinyglobby)$/, instead: 'module.exports = {}' },
  // undici's mocks, and what Node has itself
  { filter: /^\.\/lib\/(mock|web\/(eventsource|websocket))\//, instead: 'module.exports = {}' },
  // undici's next parser, which a variable turns on
  { filter: /^\.\.\/milo\/(no-)?simd\.js$/, instead: 'throw new Error("no milo")' },
]

/** Keeps it out of the bundle. */
export const leftOut: Plugin = {
  name: 'left out',
  setup(host) {
    for (const { filter, instead } of LEFT_OUT) {
      host.onResolve({ filter }, ({ path }) => ({
        namespace: 'left-out',
        path,
        pluginData: instead,
        sideEffects: false,
      }))
    }
    host.onLoad({ filter: /\/mime-db\/db\.json$/ }, async ({ path }) => ({
      contents: withExtensions(await readFile(path, 'utf8')),
      loader: 'json',
    }))
    host.onLoad({ filter: /.*/, namespace: 'left-out' }, ({ pluginData }) => ({ contents: String(pluginData) }))
  },
}

/** Types of files are looked up by the extensions of their names: of the others nothing is asked, nor whether to compress. */
function withExtensions(database: string): string {
  const types: Record<string, { compressible?: boolean; extensions?: string[] }> = JSON.parse(database)
  const used = Object.entries(types).filter(([, { extensions }]) => extensions !== undefined)
  return JSON.stringify(Object.fromEntries(used), (key, value: unknown) => (key === 'compressible' ? undefined : value))
}
