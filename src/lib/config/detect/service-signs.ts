import * as z from 'zod/mini'
import { parseJson } from '../document/json-document.ts'
import { toValue } from '../document/node.ts'
import { createFindings } from '../findings.ts'
import type { Candidate } from './detected.ts'

/* What a directory's files say of the services that its application uses. A file that cannot be read says nothing. */

const addonsSchema = z.looseObject({
  addons: z.array(z.union([z.string(), z.looseObject({ plan: z.string() })])),
})
const names = z.optional(z.record(z.string(), z.unknown()))
const packageSchema = z.looseObject({ dependencies: names })
const composerSchema = z.looseObject({ require: names })

/** The add-ons of `app.json` without their plans (devcenter.heroku.com, "app.json Schema"). */
export async function readAddons(candidate: Candidate): Promise<readonly string[]> {
  const file = await readJson(candidate, 'app.json', addonsSchema)
  const plans = file?.addons.map(addon => (typeof addon === 'string' ? addon : addon.plan)) ?? []
  return plans.map(plan => plan.split(':', 1)[0] ?? plan)
}

/** Package -> the file that names it: what the application cannot run without, no optional or development packages. */
export async function readDependencies(candidate: Candidate): Promise<ReadonlyMap<string, string>> {
  const npm = await readJson(candidate, 'package.json', packageSchema)
  const composer = await readJson(candidate, 'composer.json', composerSchema)
  const requirements = (await candidate.text('requirements.txt')) ?? ''
  const project = /^dependencies\s*=\s*\[(.*?)\]\s*$/ms.exec((await candidate.text('pyproject.toml')) ?? '')?.[1] ?? ''
  const found = [
    ...Object.keys(npm?.dependencies ?? {}).map(name => [name, 'package.json'] as const),
    ...Object.keys(composer?.require ?? {}).map(name => [name, 'composer.json'] as const),
    ...[...requirements.matchAll(/^\s*([A-Za-z][\w.-]*)/gm)].map(match => [python(match), 'requirements.txt'] as const),
    ...[...project.matchAll(/["']([A-Za-z][\w.-]*)/g)].map(match => [python(match), 'pyproject.toml'] as const),
  ]
  return new Map(found)
}

/** Names are compared without case, and `_` is `-` (packaging.python.org, "Name normalization"). */
function python([, name = '']: RegExpExecArray): string {
  return name.toLowerCase().replaceAll('_', '-')
}

const EXAMPLES = ['.env.example', '.env.sample', '.env.template', '.env.dist']

export interface ExampleVariable {
  readonly file: string
  /** Of the address it stands for; undefined when it is none. */
  readonly scheme: string | undefined
  readonly isEmpty: boolean
}

/** The variables of an example of an environment, by name. */
export async function readExamples(candidate: Candidate): Promise<ReadonlyMap<string, ExampleVariable>> {
  const variables = new Map<string, ExampleVariable>()
  for (const file of EXAMPLES) {
    for (const [, name = '', value = ''] of ((await candidate.text(file)) ?? '').matchAll(
      /^[ \t]*(?:export[ \t]+)?([A-Z][A-Z0-9_]*)[ \t]*=[ \t]*["']?([^"'\s#]*)/gm,
    ))
      variables.set(name, { file, isEmpty: value === '', scheme: /^([a-z][a-z0-9+]*):/.exec(value)?.[1] })
  }
  return variables
}

async function readJson<Schema extends z.core.$ZodType>(
  candidate: Candidate,
  name: string,
  schema: Schema,
): Promise<z.output<Schema> | undefined> {
  const text = await candidate.text(name)
  const node = text === undefined ? undefined : parseJson(name, text, createFindings())
  const result = z.safeParse(schema, node && toValue(node))
  return result.success ? result.data : undefined
}
