import { readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { build, type BuildOptions, type Plugin } from 'esbuild'
import { leftOut } from './left-out.ts'
import { packageFile, ROOT } from './source-program.ts'

const runtimeDependencies = Object.keys({ ...packageFile.dependencies, ...packageFile.optionalDependencies })

/** What is installed beside aloft, and what a package asks for only when it is there. */
export const EXTERNAL = [
  ...runtimeDependencies,
  'bufferutil',
  'pnpapi',
  'ts-node',
  'tsx',
  'typescript',
  'utf-8-validate',
]

export interface Bundle {
  /** Below the repository, or the text of a module that lies at its root. */
  readonly entry: string | { readonly text: string }
  /** Below the repository. CommonJS when it ends in `.cjs`, else an ES module. */
  readonly output: string
  readonly plugins?: readonly Plugin[]
  /** Around the text of the output. */
  readonly around?: readonly [before: string, after: string]
  /** Other files of `dist` that it loads. */
  readonly external?: readonly string[]
}

/** Makes one file of a module and all that it imports. Returns the files, below the repository, of which something is in it. */
export async function bundle({
  around,
  entry,
  external = [],
  output,
  plugins = [],
}: Bundle): Promise<readonly string[]> {
  const isModule = !output.endsWith('.cjs')
  const { metafile } = await build({
    absWorkingDir: ROOT,
    ...(typeof entry === 'string'
      ? { entryPoints: [entry] }
      : { stdin: { contents: entry.text, loader: 'ts', resolveDir: ROOT, sourcefile: 'entry.mts' } }),
    ...(isModule ? moduleOptions : commonJsOptions),
    ...(around && { banner: { js: around[0] }, footer: { js: around[1] } }),
    bundle: true,
    // zod looks there for Cloudflare: in Node it is loaded by that look, which takes longer than the schemas of a command
    define: { navigator: 'undefined' },
    external: [...EXTERNAL, ...external],
    legalComments: 'none',
    logLevel: 'warning',
    // ES modules first: some packages have an UMD build for require, which cannot be bundled
    mainFields: ['module', 'main'],
    metafile: true,
    // http-proxy-3 finds its own functions by their names
    keepNames: output.endsWith('/http-proxy-3.cjs'),
    minify: true,
    outfile: join(ROOT, output),
    platform: 'node',
    plugins: [...plugins, leftOut, placesOfSources(output, isModule)],
    target: 'node22.19',
  })
  return Object.values(metafile.outputs).flatMap(({ inputs }) =>
    Object.keys(inputs).filter(input => (inputs[input]?.bytesInOutput ?? 0) > 0),
  )
}

/** Packages in CommonJS find these in their scope. */
export const COMMON_JS_SCOPE = `
import { createRequire } from 'node:module'
const require = createRequire(import.meta.url)
const { dirname: __dirname, filename: __filename } = import.meta
`

const moduleOptions: BuildOptions = { banner: { js: COMMON_JS_SCOPE }, format: 'esm' }

const commonJsOptions: BuildOptions = { format: 'cjs' }

/** A source finds files beside itself by `import.meta`: there it is where it would be if `dist` mirrored `src`. */
function placesOfSources(output: string, isModule: boolean): Plugin {
  const outputDirectory = join(ROOT, output, '..')
  return {
    name: 'places of sources',
    setup(host) {
      host.onLoad({ filter: /\/src\/.*\.ts$/ }, async ({ path }) => {
        const text = await readFile(path, 'utf8')
        if (!text.includes('import.meta.')) return undefined
        const place = relative(outputDirectory, path.replace('/src/', '/dist/').replace(/\.ts$/, '.js'))
        const here = isModule ? 'import.meta.dirname' : '__dirname'
        const file = `require('node:path').join(${here}, ${JSON.stringify(place)})`
        const meta = {
          dirname: `require('node:path').dirname(${file})`,
          url: `require('node:url').pathToFileURL(${file}).href`,
        }
        const contents = text.replaceAll(/\bimport\.meta\.(dirname|url)\b/g, (_, name: keyof typeof meta) => meta[name])
        return { contents, loader: 'ts' }
      })
    },
  }
}
