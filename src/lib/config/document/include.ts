import { posix } from 'node:path'
import * as z from 'zod/mini'
import { insidePath } from '../tree.ts'
import type { ConfigNode, Place } from './node.ts'
import type { YamlReading } from './yaml-document.ts'

const MAX_DEPTH = 8

const requestSchema = z.strictObject({
  path: z.string(),
  type: z.optional(z.enum(['yaml', 'string', 'binary'])),
})

interface IncludeContext {
  readonly at: Place
  readonly reading: YamlReading
  readonly parse: (text: string, reading: YamlReading) => Promise<ConfigNode | undefined>
}

export function isIncludeTag(tag: string): boolean {
  return tag === '!include'
}

/**
 * What `!include path` or `!include {type: yaml|string|binary, path}` stands for: the path is relative to the file that
 * has the tag and never leaves the tree; `binary` becomes base64 text (docs.platform.sh, "YAML tags").
 */
export async function includeFile(request: unknown, context: IncludeContext): Promise<ConfigNode | undefined> {
  const { at, reading } = context
  const refuse = (message: string): undefined => {
    reading.findings.problems.push({ ...at, message, path: '' })
    return undefined
  }
  const parsed = z.safeParse(requestSchema, request)
  if (!parsed.success) return refuse('!include takes a path, or {type: yaml, string or binary; path}')
  const { path, type = 'yaml' } = parsed.data
  const target = path.startsWith('/') ? undefined : insidePath(posix.join(posix.dirname(reading.file), path))
  if (target === undefined) return refuse(`!include ${path} leaves the project`)
  if (target === reading.file || reading.includedBy.includes(target) || reading.includedBy.length >= MAX_DEPTH)
    return refuse(`!include ${path} includes itself or is nested too deeply`)
  if (!reading.tree.has(target)) return refuse(`!include ${path}: there is no file ${target}`)
  return type === 'binary' ? includeBinary(target, context) : includeText(target, type, context)
}

async function includeBinary(file: string, { at, reading }: IncludeContext): Promise<ConfigNode> {
  const bytes = await reading.tree.bytes(file)
  return { at, kind: 'scalar', value: Buffer.from(bytes ?? []).toString('base64') }
}

async function includeText(
  file: string,
  type: 'yaml' | 'string',
  { at, parse, reading }: IncludeContext,
): Promise<ConfigNode | undefined> {
  const text = await reading.tree.text(file, reading.findings)
  if (text === undefined) return undefined
  if (type === 'string') return { at, kind: 'scalar', value: text }
  return parse(text, { ...reading, file, includedBy: [...reading.includedBy, reading.file] })
}
