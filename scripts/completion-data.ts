// Part of `npm run build`, after the manifest: what completion knows without asking anybody.
import { readFileSync, writeFileSync } from 'node:fs'
import * as z from 'zod/mini'
import { toCompletionData } from '../src/lib/cli/completion/to-completion-data.ts'
import { SETTINGS } from '../src/lib/cli/settings/definitions.ts'
import { errorCodes } from '../src/lib/core/error-codes.ts'
import { PROVIDER_IDS } from '../src/lib/providers/registry.ts'

const texts = z.optional(z.array(z.string()))
const argument = { hidden: z.optional(z.boolean()), name: z.string(), options: texts }
const flag = z.object({
  ...argument,
  char: z.optional(z.string()),
  description: z.optional(z.string()),
  env: z.optional(z.string()),
  helpGroup: z.optional(z.string()),
  helpValue: z.optional(z.union([z.string(), z.array(z.string())])),
  multiple: z.optional(z.boolean()),
  summary: z.optional(z.string()),
  type: z.enum(['boolean', 'option']),
})
const manifest = z.object({
  commands: z.record(
    z.string(),
    z.object({
      aliases: texts,
      args: z.record(z.string(), z.object(argument)),
      description: z.optional(z.string()),
      flags: z.record(z.string(), flag),
      hidden: z.optional(z.boolean()),
      id: z.string(),
      strict: z.optional(z.boolean()),
      summary: z.optional(z.string()),
    }),
  ),
})
const packageFile = z.object({
  oclif: z.object({
    plugins: z.array(z.string()),
    topics: z.record(z.string(), z.object({ description: z.optional(z.string()) })),
  }),
})

const root = new URL('../', import.meta.url)
const { oclif } = z.parse(packageFile, readJson(new URL('package.json', root)))
const manifests = [
  new URL('oclif.manifest.json', root),
  ...oclif.plugins.map(name => new URL(`node_modules/${name}/oclif.manifest.json`, root)),
]
const commands = manifests.flatMap(file => Object.values(z.parse(manifest, readJson(file)).commands))
const values = {
  settings: SETTINGS.map(({ description, key }) => ({ description, value: key })),
  'error-codes': Object.entries(errorCodes).map(([value, { summary }]) => ({ description: summary, value })),
  providers: PROVIDER_IDS.map(value => ({ description: '', value })),
}
const data = toCompletionData({ commands, topics: oclif.topics, values })
writeFileSync(new URL('dist/completion.json', root), JSON.stringify(data))

function readJson(file: URL): unknown {
  return JSON.parse(readFileSync(file, 'utf8'))
}
