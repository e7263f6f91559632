import { type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser'
import { LineCounter } from 'yaml'
import type { Findings } from '../findings.ts'
import type { ConfigNode, MapEntry, Place } from './node.ts'

interface Reading {
  readonly file: string
  readonly lines: LineCounter
  readonly findings: Findings
}

/** Strict JSON (comments and trailing commas are problems); undefined after a problem. */
export function parseJson(file: string, text: string, findings: Findings): ConfigNode | undefined {
  const reading = { file, findings, lines: countLines(text) }
  const before = findings.problems.length
  try {
    const errors: ParseError[] = []
    const root = parseTree(text, errors, {
      allowEmptyContent: false,
      allowTrailingComma: false,
      disallowComments: true,
    })
    // one mistake often shows as several errors at the same place: the first one says it
    const first = new Map(errors.toReversed().map(({ error, offset }) => [offset, printParseErrorCode(error)]))
    for (const [offset, code] of first) refuse(reading, offset, describeError(code, text.slice(0, offset)))
    if (!root || findings.problems.length > before) return undefined
    const node = convert(root, reading)
    return findings.problems.length > before ? undefined : node
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    refuse(reading, 0, 'is nested too deeply')
    return undefined
  }
}

function convert(node: Node, reading: Reading): ConfigNode {
  const at = place(reading, node.offset)
  if (node.type === 'object') return { at, entries: convertMembers(node, reading), kind: 'map' }
  if (node.type === 'array')
    return { at, items: (node.children ?? []).map(item => convert(item, reading)), kind: 'list' }
  const value: unknown = node.value
  return { at, kind: 'scalar', value: isScalar(value) ? value : null }
}

function convertMembers(node: Node, reading: Reading): Map<string, MapEntry> {
  const entries = new Map<string, MapEntry>()
  for (const { children: [key, value] = [] } of node.children ?? []) {
    if (!key || !value) continue
    const name = String(key.value)
    if (entries.has(name)) refuse(reading, key.offset, `the key "${name}" is there twice`)
    else if (name === '__proto__') refuse(reading, key.offset, 'the key "__proto__" is not allowed')
    else entries.set(name, { key: place(reading, key.offset), value: convert(value, reading) })
  }
  return entries
}

function refuse(reading: Reading, offset: number, message: string): void {
  reading.findings.problems.push({ ...place(reading, offset), message, path: '' })
}

function place({ file, lines }: Reading, offset: number): Place {
  const { col, line } = lines.linePos(offset)
  return { column: col, file, line }
}

function countLines(text: string): LineCounter {
  const lines = new LineCounter()
  lines.addNewLine(0)
  for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', end + 1)) lines.addNewLine(end + 1)
  return lines
}

function isScalar(value: unknown): value is string | number | boolean | null {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value)
}

const MESSAGES: Readonly<Record<string, string>> = {
  EndOfFileExpected: 'there is more after the end of the JSON document',
  InvalidCommentToken: 'comments are not allowed in JSON',
  InvalidSymbol: 'this is no JSON value; text stands in double quotes',
  PropertyNameExpected: 'a key in double quotes is expected here',
  ValueExpected: 'a value is expected here',
}

function describeError(code: string, before: string): string {
  const message = MESSAGES[code] ?? `broken JSON: ${code.replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase()}`
  return before.trimEnd().endsWith(',') && code.endsWith('Expected')
    ? `${message}, or the comma before it is too much`
    : message
}
