/** Names of projects, environments and services: a DNS label, so that they can be part of a host name (RFC 1123). */
const NAME_PATTERN = /^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$/

const NAME_RULE = 'lower-case letters, digits and dashes, 1 to 40 characters, no dash at either end'

/** Of a token: it stands in paths, and `..` would be another path. */
const TOKEN_NAME = /^[a-z0-9][\w.@-]{0,62}$/i

/** Words that would be ambiguous on a command line or in a host name. */
const RESERVED_NAMES: ReadonlySet<string> = new Set([
  'all',
  'default',
  'latest',
  'localhost',
  'new',
  'none',
  'platform',
  'self',
])

/** Why `name` cannot name a project, an environment or a service; undefined when it can. */
export function nameProblem(name: string): string | undefined {
  if (RESERVED_NAMES.has(name)) return `"${name}" is reserved`
  if (!NAME_PATTERN.test(name)) return `"${name}" is not a valid name: ${NAME_RULE}`
  return undefined
}

/** Why `name` cannot name a token; undefined when it can. */
export function tokenNameProblem(name: string): string | undefined {
  if (TOKEN_NAME.test(name)) return undefined
  return `${JSON.stringify(name)} is no name for a token: letters, digits and . _ @ -, 1 to 63 characters, not . _ @ - first`
}
