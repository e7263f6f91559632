// aloft from its sources, without a build: `node scripts/aloft.ts deploy --help`.
import { main } from '../src/lib/cli/main.ts'
import { readSourceProgram } from './build/source-program.ts'

await main(process.argv.slice(2), await readSourceProgram())
