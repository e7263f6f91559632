// `npm run build`: makes `dist` from `src`.
import { globSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { bundle } from './build/bundle.ts'
import { completionDataOf } from './build/completion-data.ts'
import { renderPages } from './build/help-pages.ts'
import { commandFiles, packageFile, readSourceProgram, ROOT } from './build/source-program.ts'
import { packPages } from '../src/lib/cli/start/help-pages.ts'

const program = await readSourceProgram()
const dist = join(ROOT, 'dist')
rmSync(dist, { force: true, recursive: true })
await Promise.all([
  bundle({ entry: { text: startText() }, external: ['./aloft.cjs', './complete.cjs'], output: 'dist/start.cjs' }),
  bundle({ entry: 'src/lib/cli/start/complete.ts', output: 'dist/complete.cjs' }),
  bundle({ entry: { text: programText() }, output: 'dist/aloft.cjs' }),
  // programs of their own, started by others
  ...globSync('lib/*/**/main.ts', { cwd: join(ROOT, 'src'), exclude: ['lib/cli/**'] }).map(async file =>
    bundle({ entry: `src/${file}`, output: `dist/${file.replace(/ts$/, 'js')}` }),
  ),
])
writeFileSync(join(dist, 'help.txt'), packPages(await renderPages(program)))
writeFileSync(join(dist, 'completion.json'), JSON.stringify(completionDataOf(program)))

/** Loaded by `bin/run.js`: answers at once, or loads the program. */
function startText(): string {
  const { name, version } = packageFile
  return `
import { answerAtOnce } from './src/lib/cli/start/answer-at-once.ts'

export function start(argv: string[]) {
  const known = { pagesFile: __dirname + '/help.txt', product: '${name}/${version}' }
  if (argv[0] === '__complete') require('./complete.cjs').complete(argv.slice(1))
  else if (!answerAtOnce(argv, known)) require('./aloft.cjs').run(argv)
}
`
}

/** A module that runs the program with all that is known of it compiled in. */
function programText(): string {
  const load = Object.entries(commandFiles)
    .map(([id, file]) => `${JSON.stringify(id)}: () => import('./src/commands/${file}')`)
    .join(',\n')
  return `
import { main } from './src/lib/cli/main.ts'
import packageFile from './package.json'

export function run(argv: string[]) {
  return main(argv, {
    commands: JSON.parse(${JSON.stringify(JSON.stringify(program.commands))}),
    load: { ${load} },
    packageFile,
    root: __dirname,
  })
}
`
}
