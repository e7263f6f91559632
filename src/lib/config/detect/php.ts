import * as z from 'zod/mini'
import { parseJson } from '../document/json-document.ts'
import { validate } from '../document/validate.ts'
import { inDirectory } from '../tree.ts'
import type { Candidate, Detected } from './detected.ts'

const composerSchema = z.looseObject({ require: z.optional(z.record(z.string(), z.unknown())) })

/** `composer.json` or `index.php`, at the root or in `public/` or `web/`; served by PHP's own server. */
export async function detectPhp(candidate: Candidate): Promise<Detected | undefined> {
  const directory = ['public', 'web', '.'].find(name => candidate.has(name === '.' ? 'index.php' : `${name}/index.php`))
  const composer = candidate.has('composer.json')
  if (directory === undefined && !composer) return undefined
  const root = directory ?? '.'
  return {
    build: { flavor: composer ? 'composer' : 'none' },
    runtime: { name: 'php', version: await phpVersion(candidate) },
    start: `PHP_CLI_SERVER_WORKERS=4 exec php -S "\${HOST:-127.0.0.1}:$PORT" -t ${root}`,
  }
}

async function phpVersion(candidate: Candidate): Promise<string | undefined> {
  const text = await candidate.text('composer.json')
  if (text === undefined) return undefined
  const node = parseJson(inDirectory(candidate.root, 'composer.json'), text, candidate.findings)
  const manifest = node && validate(composerSchema, { findings: candidate.findings, node, path: [] })
  const required = manifest?.require?.['php']
  return typeof required === 'string' ? /^\s*[\^~=]?\s*(\d+\.\d+)/.exec(required)?.[1] : undefined
}
