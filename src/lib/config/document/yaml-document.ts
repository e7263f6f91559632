import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
} from 'yaml'
import type { Findings } from '../findings.ts'
import type { Tree } from '../tree.ts'
import { includeFile, isIncludeTag } from './include.ts'
import { type ConfigNode, expandedSize, type MapEntry, type Place } from './node.ts'

/** More values than any project file has: what aliases multiply beyond is refused. */
const MAX_VALUES = 50_000

export interface YamlReading {
  readonly file: string
  readonly tree: Tree
  readonly findings: Findings
  /** Files that include this one, outermost first. */
  readonly includedBy: readonly string[]
}

interface Conversion extends YamlReading {
  readonly document: Document.Parsed
  readonly lines: LineCounter
  /** Anchored nodes by their YAML node; undefined while they are being converted. */
  readonly known: Map<unknown, ConfigNode | undefined>
}

/** One YAML document (1.2 with merge keys, `!include`) as nodes with places; undefined after a problem. */
export async function parseYaml(text: string, reading: YamlReading): Promise<ConfigNode | undefined> {
  const { file, findings } = reading
  const before = findings.problems.length
  try {
    const lines = new LineCounter()
    const document = parseDocument(text, { lineCounter: lines, merge: true, prettyErrors: false })
    const conversion: Conversion = { ...reading, document, known: new Map(), lines }
    for (const { code, message, pos } of document.errors)
      refuse(conversion, pos[0], MESSAGES[code] ?? firstLine(message))
    if (findings.problems.length > before) return undefined
    const node = await convert(document.contents, conversion)
    if (expandedSize(node) > MAX_VALUES) refuse(conversion, 0, `has more than ${MAX_VALUES} values`)
    return findings.problems.length > before ? undefined : node
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    findings.problems.push({ column: 1, file, line: 1, message: 'is nested too deeply', path: '' })
    return undefined
  }
}

async function convert(node: Node | null, conversion: Conversion): Promise<ConfigNode> {
  const at = place(conversion, node?.range?.[0] ?? 0)
  if (node === null) return { at, kind: 'scalar', value: null }
  if (isAlias(node)) return convertAlias(node, conversion)
  if (conversion.known.has(node)) return conversion.known.get(node) ?? loop(node, conversion)
  conversion.known.set(node, undefined)
  const converted = await convertContent(node, conversion)
  conversion.known.set(node, converted)
  return converted
}

async function convertContent(node: Exclude<Node, Alias>, conversion: Conversion): Promise<ConfigNode> {
  const at = place(conversion, node.range?.[0] ?? 0)
  const tag = node.tag ?? ''
  if (isIncludeTag(tag)) return convertInclude(node, conversion)
  if (tag.startsWith('!')) {
    if (tag === '!archive') conversion.findings.unsupported.push({ ...at, message: 'the YAML tag !archive', path: '' })
    else refuse(conversion, node.range?.[0] ?? 0, `unknown YAML tag ${tag} (allowed: !include)`)
    return { at, kind: 'scalar', value: null }
  }
  if (isMap(node)) return { at, entries: await convertPairs(node.items, conversion), kind: 'map' }
  if (isSeq(node)) {
    const items: ConfigNode[] = []
    for (const item of node.items) items.push(await convert(asNode(item), conversion))
    return { at, items, kind: 'list' }
  }
  return { at, kind: 'scalar', value: scalarValue(node) }
}

async function convertPairs(pairs: readonly Pair[], conversion: Conversion): Promise<Map<string, MapEntry>> {
  const entries = new Map<string, MapEntry>()
  const merged: ConfigNode[] = []
  for (const pair of pairs) {
    const key = asNode(pair.key)
    const offset = key?.range?.[0] ?? 0
    const name = keyName(key)
    const value = await convert(asNode(pair.value), conversion)
    if (name === undefined) refuse(conversion, offset, 'a key must be text')
    else if (isMergeKey(key)) merged.push(...(value.kind === 'list' ? value.items : [value]))
    else entries.set(name, { key: place(conversion, offset), value: withPlace(value, conversion, offset) })
  }
  for (const source of merged) addMerged(entries, source, conversion)
  return entries
}

/** The text of a key; undefined for what cannot be one. */
function keyName(key: Node | null): string | undefined {
  if (!isScalar(key) || key.value === null || key.value === '__proto__') return undefined
  return String(scalarValue(key))
}

function isMergeKey(key: Node | null): boolean {
  return isScalar(key) && key.type === 'PLAIN' && key.source === '<<'
}

function addMerged(entries: Map<string, MapEntry>, source: ConfigNode, conversion: Conversion): void {
  if (source.kind !== 'map') return refuseAt(conversion, source.at, 'only a map can be merged with <<')
  for (const [name, entry] of source.entries) if (!entries.has(name)) entries.set(name, entry)
}

/** An empty value has no place of its own: it gets its key's. */
function withPlace(value: ConfigNode, conversion: Conversion, offset: number): ConfigNode {
  return value.kind === 'scalar' && value.value === null ? { ...value, at: place(conversion, offset) } : value
}

async function convertAlias(alias: Alias, conversion: Conversion): Promise<ConfigNode> {
  const target = alias.resolve(conversion.document)
  if (target) return convert(target, conversion)
  const at = place(conversion, alias.range?.[0] ?? 0)
  refuseAt(conversion, at, `there is no anchor &${alias.source} before this`)
  return { at, kind: 'scalar', value: null }
}

function loop(node: Node, conversion: Conversion): ConfigNode {
  const at = place(conversion, node.range?.[0] ?? 0)
  refuseAt(conversion, at, 'an alias refers to a part that contains it')
  return { at, kind: 'scalar', value: null }
}

async function convertInclude(node: Exclude<Node, Alias>, conversion: Conversion): Promise<ConfigNode> {
  const at = place(conversion, node.range?.[0] ?? 0)
  const request = isScalar(node) ? { path: node.value, type: 'yaml' } : node.toJS(conversion.document)
  const included = await includeFile(request, { at, parse: parseYaml, reading: conversion })
  return included ?? { at, kind: 'scalar', value: null }
}

function scalarValue(node: Node): string | number | boolean | null {
  const value: unknown = isScalar(node) ? node.value : null
  if (value === null || typeof value === 'string' || typeof value === 'boolean' || typeof value === 'number')
    return value
  return isScalar(node) ? (node.source ?? '') : ''
}

function asNode(value: unknown): Node | null {
  return isScalar(value) || isMap(value) || isSeq(value) || isAlias(value) ? value : null
}

function place({ file, lines }: Conversion, offset: number): Place {
  const { col, line } = lines.linePos(offset)
  return { column: Math.max(col, 1), file, line: Math.max(line, 1) }
}

function refuse(conversion: Conversion, offset: number, message: string): void {
  refuseAt(conversion, place(conversion, offset), message)
}

function refuseAt({ findings }: Conversion, at: Place, message: string): void {
  findings.problems.push({ ...at, message, path: '' })
}

const MESSAGES: Readonly<Record<string, string>> = {
  DUPLICATE_KEY: 'this key is there twice',
  MULTIPLE_DOCS: 'there is more than one YAML document in this file',
  RESOURCE_EXHAUSTION: 'is nested too deeply',
}

function firstLine(message: string): string {
  return message.split('\n', 1)[0] ?? message
}
