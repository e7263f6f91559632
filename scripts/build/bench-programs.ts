// Part of `npm run bench`: its programs, built as the product is. What they import late lies in files of its own, so that a
// run loads only what it uses.
import { globSync } from 'node:fs'
import { build } from 'esbuild'
import { COMMON_JS_SCOPE, EXTERNAL } from './bundle.ts'
import { leftOut } from './left-out.ts'
import { ROOT } from './source-program.ts'

await build({
  absWorkingDir: ROOT,
  banner: { js: COMMON_JS_SCOPE },
  bundle: true,
  chunkNames: 'chunks/[hash]',
  entryPoints: globSync('bench/programs/*.{mjs,ts}', { cwd: ROOT }),
  external: EXTERNAL,
  format: 'esm',
  logLevel: 'warning',
  mainFields: ['module', 'main'],
  minify: true,
  outdir: '.bench/programs',
  outExtension: { '.js': '.mjs' },
  platform: 'node',
  plugins: [leftOut],
  splitting: true,
  target: 'node22.19',
})
