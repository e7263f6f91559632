import type { Candidate, Detected } from './detected.ts'

export const PUBLIC_DIRECTORIES = ['.', 'public', 'dist', 'build', '_site']

/** An `index.html` at the root or in one of the usual directories. */
export function detectStatic(candidate: Candidate): Detected | undefined {
  const directory = PUBLIC_DIRECTORIES.find(name => candidate.has(name === '.' ? 'index.html' : `${name}/index.html`))
  if (directory === undefined) return undefined
  return { build: { flavor: 'none' }, publicDirectory: directory, runtime: { name: 'static' } }
}
