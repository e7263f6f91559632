import * as z from 'zod/mini'
import { parseJson } from '../document/json-document.ts'
import { validate } from '../document/validate.ts'
import { inDirectory } from '../tree.ts'
import type { Candidate, Detected } from './detected.ts'

const names = z.optional(z.record(z.string(), z.unknown()))
const packageSchema = z.looseObject({
  dependencies: names,
  devDependencies: names,
  engines: z.optional(z.looseObject({ node: z.optional(z.string()) })),
  main: z.optional(z.string()),
  scripts: z.optional(z.record(z.string(), z.string())),
})
type Package = z.output<typeof packageSchema>

/** Where well-known tools put what they build, by their package's name; `dist` is the usual place. */
const OUTPUTS: Readonly<Record<string, string>> = {
  '@11ty/eleventy': '_site',
  'react-scripts': 'build',
  gatsby: 'public',
}

/** `package.json` with something to start, or (`site`) with a build script whose output is served. */
export async function detectNode(candidate: Candidate, kind: 'server' | 'site'): Promise<Detected | undefined> {
  const manifest = await readPackage(candidate)
  if (!manifest) return undefined
  const start = startCommand(manifest, candidate)
  if ((start === undefined) === (kind === 'server')) return undefined
  const builds = manifest.scripts?.['build'] !== undefined
  if (start === undefined && !builds) return undefined
  return {
    build: { flavor: 'npm', hook: builds ? 'npm run build' : undefined },
    publicDirectory: start === undefined ? outputDirectory(manifest) : undefined,
    runtime: { name: 'nodejs', version: await nodeVersion(manifest, candidate) },
    start,
  }
}

async function readPackage(candidate: Candidate): Promise<Package | undefined> {
  const text = await candidate.text('package.json')
  if (text === undefined) return undefined
  const node = parseJson(inDirectory(candidate.root, 'package.json'), text, candidate.findings)
  return node && validate(packageSchema, { findings: candidate.findings, node, path: [] })
}

function startCommand({ main, scripts = {} }: Package, candidate: Candidate): string | undefined {
  const { poststart, prestart, start } = scripts
  // started directly it gets signals itself and needs no npm beside it
  if (start !== undefined) return start.startsWith('node ') && !prestart && !poststart ? start : 'npm start'
  const file = [main, main === undefined ? undefined : `${main}.js`, 'server.js'].find(
    name => name !== undefined && candidate.has(name),
  )
  return file === undefined ? undefined : `node ${JSON.stringify(file)}`
}

function outputDirectory({ dependencies, devDependencies }: Package): string {
  const used = { ...dependencies, ...devDependencies }
  const tool = Object.keys(OUTPUTS).find(name => name in used)
  return (tool === undefined ? undefined : OUTPUTS[tool]) ?? 'dist'
}

/** The major version where `engines.node`, `.nvmrc` or `.node-version` settle on one. */
async function nodeVersion({ engines }: Package, candidate: Candidate): Promise<string | undefined> {
  for (const range of [engines?.node, await candidate.text('.nvmrc'), await candidate.text('.node-version')]) {
    const major = /^\s*[v^~=]?\s*(\d+)(\.(\d+|x|\*))*\s*$/.exec(range ?? '')?.[1]
    if (major !== undefined) return major
  }
  return undefined
}
