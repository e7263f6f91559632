// Part of `npm run bench`: its programs, bundled as the product is, so that what they measure is what ships.
import { globSync } from 'node:fs'
import { bundle } from './bundle.ts'
import { ROOT } from './source-program.ts'

await Promise.all(
  globSync('bench/programs/*.{mjs,ts}', { cwd: ROOT }).map(async entry =>
    bundle({ entry, output: `.${entry.replace(/ts$/, 'mjs')}` }),
  ),
)
