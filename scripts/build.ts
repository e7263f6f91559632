// `npm run build`: makes `dist` from `src`.
import { createHash } from 'node:crypto'
import { globSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { bundle, EXTERNAL } from './build/bundle.ts'
import { completionDataOf, storeCompletionData } from './build/completion-data.ts'
import { renderPages } from './build/help-pages.ts'
import { noticesOf, packagesOf } from './build/notices.ts'
import { commandFiles, packageFile, readSourceProgram, ROOT } from './build/source-program.ts'
import { vendorFile, vendorFiles, vendorText } from './build/vendor.ts'
import { lazily } from './build/lazy.ts'
import { storeCommands } from '../src/lib/cli/program.ts'
import { packPages } from '../src/lib/cli/start/help-pages.ts'

/** The program is evaluated by `run-program.ts`, with V8's code cache. */
const AS_FUNCTION = ['(function (module, require, __dirname) {', '})'] as const

const program = await readSourceProgram()
const dist = join(ROOT, 'dist')
rmSync(dist, { force: true, recursive: true })
const vendors = new Set<string>()
const programs = await Promise.all([
  bundleProgram(),
  bundle({ entry: 'src/lib/cli/start/complete.ts', output: 'dist/complete.cjs' }),
  // programs of their own, started by others
  ...globSync('lib/*/**/main.ts', { cwd: join(ROOT, 'src'), exclude: ['lib/cli/**'] }).map(bundleService),
])
const packages = await Promise.all([...vendors].map(bundleVendor))
const start = await bundle({ entry: { text: startText() }, external: ['./complete.cjs'], output: 'dist/start.cjs' })
writeFileSync(
  join(dist, 'THIRD-PARTY-NOTICES.txt'),
  noticesOf(ROOT, packagesOf([...programs, ...packages, start].flat())),
)
writeFileSync(join(dist, 'commands.json'), JSON.stringify(storeCommands(program.commands)))
writeFileSync(join(dist, 'help.txt'), packPages(await renderPages(program)))
writeFileSync(join(dist, 'completion.json'), JSON.stringify(storeCompletionData(completionDataOf(program))))

/** The command; packages that not every start needs are left to files of their own. */
function bundleProgram(): Promise<readonly string[]> {
  const plugins = [vendorFiles(vendors, EXTERNAL), lazily]
  return bundle({ entry: { text: programText() }, output: 'dist/aloft.cjs', around: AS_FUNCTION, plugins })
}

/** A program that runs on its own, from a file below `src`. */
function bundleService(file: string): Promise<readonly string[]> {
  const output = `dist/${file.replace(/ts$/, 'js')}`
  const plugins = [vendorFiles(vendors, EXTERNAL, relative(dirname(output), 'dist'))]
  return bundle({ entry: `src/${file}`, output, plugins })
}

async function bundleVendor(name: string): Promise<readonly string[]> {
  return bundle({ entry: { text: await vendorText(name) }, output: `dist/${vendorFile(name)}` })
}

/** Loaded by `bin/run.js`: answers at once, or loads the program. */
function startText(): string {
  const { name, version } = packageFile
  const id = createHash('sha256')
    .update(readFileSync(join(dist, 'aloft.cjs')))
    .digest('hex')
    .slice(0, 12)
  return `
import { start as startProgram } from './src/lib/cli/start/start.ts'

export function start(argv: string[]) {
  if (argv[0] === '__complete') require('./complete.cjs').complete(argv.slice(1))
  else void startProgram(argv, { directory: __dirname, id: '${id}', product: '${name}/${version}', require })
}
`
}

/** A module that runs the program. What is known of the commands lies beside it: in V8's code it would be kept twice. */
function programText(): string {
  const load = Object.entries(commandFiles)
    .map(([id, file]) => `${JSON.stringify(id)}: () => import('./src/commands/${file}')`)
    .join(',\n')
  return `
import { readFileSync } from 'node:fs'
import { main } from './src/lib/cli/main.ts'
import { readCommands } from './src/lib/cli/program.ts'
import packageFile from './package.json'

export function run(argv: string[]) {
  return main(argv, {
    commands: readCommands(JSON.parse(readFileSync(__dirname + '/commands.json', 'utf8'))),
    load: { ${load} },
    packageFile,
    root: __dirname,
  })
}
`
}
