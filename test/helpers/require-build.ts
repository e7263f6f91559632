import { globSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

/**
 * What runs the built CLI must not run an old one. Looks only, builds nothing: two runs at once would build over each
 * other. @throws when a source is newer than what was made of it
 */
export function setup(): void {
  const built = globSync(['dist/**/*.{js,cjs,json,txt}'], { cwd: root }).map(timeOf)
  if (built.length === 0) throw new Error('dist is missing: npm run build')
  const since = Math.min(...built)
  const sources = globSync(['src/**/*.ts', 'scripts/build.ts', 'scripts/build/**', 'package.json'], { cwd: root })
  const stale = sources.filter(source => timeOf(source) > since)
  if (stale.length > 0) {
    throw new Error(
      `dist is not built from the sources as they are (${stale.length} files, first ${stale[0]}): npm run build`,
    )
  }
}

function timeOf(file: string): number {
  return statSync(`${root}/${file}`).mtimeMs
}
