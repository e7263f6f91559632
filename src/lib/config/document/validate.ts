import * as z from 'zod/mini'
import type { Problem } from '../findings.ts'
import { nodeAt, type Path, toValue } from './node.ts'
import { didYouMean } from './nearest.ts'
import { addProblem, type Section } from './section.ts'

type Issue = z.core.$ZodIssue
type Finding = { readonly path: Path } & Pick<Problem, 'message' | 'allowed'>

/** A map with exactly these keys. The message of an unknown key carries the allowed ones to `validate`. */
export function strict<Shape extends z.core.$ZodLooseShape>(shape: Shape): ReturnType<typeof z.strictObject<Shape>> {
  return z.strictObject(shape, {
    error: issue => (issue.code === 'unrecognized_keys' ? Object.keys(shape).join(' ') : undefined),
  })
}

/** The section's value when it fits the schema; otherwise undefined, and each misfit is a problem at its place. */
export function validate<Schema extends z.core.$ZodType>(
  schema: Schema,
  section: Section,
): z.output<Schema> | undefined {
  const result = z.safeParse(schema, toValue(section.node))
  if (result.success) return result.data
  for (const { path, ...problem } of result.error.issues.flatMap(issue => explain(issue, section))) {
    addProblem(section, path, problem)
  }
  return undefined
}

function explain(issue: Issue, section: Section): Finding[] {
  const path = keys(issue.path)
  switch (issue.code) {
    case 'unrecognized_keys': {
      const allowed = issue.message.split(' ').toSorted()
      return issue.keys.map(key => ({
        allowed,
        message: `unknown key${didYouMean(key, allowed)} (allowed: ${allowed.join(', ')})`,
        path: [...path, key],
      }))
    }
    case 'invalid_union':
      return explainUnion(issue, section)
    case 'invalid_key':
      return issue.issues.map(({ message }) => ({ message, path }))
    case 'invalid_value': {
      const allowed = issue.values.map(String)
      return [
        { allowed, message: `is not allowed; allowed: ${allowed.join(', ')}${meant(section, path, allowed)}`, path },
      ]
    }
    case 'invalid_type':
      return [mismatch(section, path, [expectation(issue.expected)])]
    case 'custom':
      return [{ allowed: allowedOf(issue.params), message: issue.message, path }]
    case 'too_small':
    case 'too_big':
      return [{ message: limit(issue), path }]
    case 'invalid_element':
    case 'invalid_format':
    case 'not_multiple_of':
      return [{ message: issue.message, path }]
  }
}

/** The branch that fits best speaks; where none fits at all, what any of them takes is said. */
function explainUnion(issue: z.core.$ZodIssueInvalidUnion, section: Section): Finding[] {
  const path = keys(issue.path)
  const deeper = issue.errors.find(errors => errors.every(error => !(isKind(error) && error.path.length === 0)))
  if (deeper) return deeper.flatMap(error => explain({ ...error, path: [...issue.path, ...error.path] }, section))
  return [mismatch(section, path, [...new Set(issue.errors.flat().flatMap(expectations))])]
}

function meant(section: Section, path: Path, allowed: readonly string[]): string {
  const node = nodeAt(section.node, path)
  return node?.kind === 'scalar' ? didYouMean(String(node.value), allowed) : ''
}

function isKind(issue: Issue): boolean {
  return issue.code === 'invalid_type' || issue.code === 'invalid_value' || issue.code === 'invalid_union'
}

function expectations(issue: Issue): string[] {
  if (issue.code === 'invalid_type') return [expectation(issue.expected)]
  if (issue.code === 'invalid_value') return issue.values.map(String)
  return issue.code === 'invalid_union' ? issue.errors.flat().flatMap(expectations) : []
}

function mismatch(section: Section, path: Path, expected: readonly string[]): Finding {
  const wanted = expected.filter(word => word !== 'nothing').join(' or ')
  if (nodeAt(section.node, path) === undefined) return { message: `is required: ${wanted}`, path }
  return { allowed: expected, message: `is ${describeKind(section, path)}; expected ${wanted}`, path }
}

const EXPECTATIONS: Readonly<Record<string, string>> = {
  array: 'a list',
  boolean: 'true or false',
  int: 'a whole number',
  null: 'nothing',
  number: 'a number',
  object: 'a map',
  record: 'a map',
  string: 'text',
  undefined: 'nothing',
}

function expectation(expected: string): string {
  return EXPECTATIONS[expected] ?? expected
}

function limit(issue: z.core.$ZodIssueTooSmall | z.core.$ZodIssueTooBig): string {
  const [count, inclusive, exclusive] =
    issue.code === 'too_small' ? [issue.minimum, 'at least', 'more than'] : [issue.maximum, 'at most', 'less than']
  const bound = `${issue.inclusive === false ? exclusive : inclusive} ${count}`
  if (issue.origin === 'string') return `must have ${bound} characters`
  return issue.origin === 'array' ? `must have ${bound} entries` : `must be ${bound}`
}

/** The kind of a value, never the value: it may be a secret. */
function describeKind(section: Section, path: Path): string {
  const node = nodeAt(section.node, path)
  if (node?.kind === 'map') return 'a map'
  if (node?.kind === 'list') return 'a list'
  if (typeof node?.value === 'boolean') return 'true or false'
  if (typeof node?.value === 'number') return Number.isInteger(node.value) ? 'a whole number' : 'a number'
  return typeof node?.value === 'string' ? 'text' : 'nothing'
}

function allowedOf(params: Readonly<Record<string, unknown>> | undefined): readonly string[] | undefined {
  const allowed: unknown = params?.['allowed']
  return Array.isArray(allowed) ? allowed.map(String) : undefined
}

function keys(path: readonly PropertyKey[]): Path {
  return path.map(key => (typeof key === 'number' ? key : String(key)))
}
