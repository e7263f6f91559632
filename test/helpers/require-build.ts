import { existsSync, globSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

/**
 * What runs the built CLI must not run an old one. Looks only, builds nothing: two runs at once would build over each
 * other. @throws when a source is newer than what was made of it
 */
export function setup(): void {
  const stale = globSync('src/**/*.ts', { cwd: root }).filter(isStale)
  if (stale.length > 0) {
    throw new Error(
      `dist is not built from the sources as they are (${stale.length} files, first ${stale[0]}): npm run build`,
    )
  }
  if (!existsSync(`${root}/oclif.manifest.json`)) throw new Error('oclif.manifest.json is missing: npm run build')
}

function isStale(source: string): boolean {
  const built = `${root}/${source.replace(/^src/, 'dist').replace(/\.ts$/, '.js')}`
  return !existsSync(built) || statSync(built).mtimeMs < statSync(`${root}/${source}`).mtimeMs
}
