import { createHash } from 'node:crypto'

/** Longest DNS label (RFC 1035, 2.3.4). */
const LABEL_MAX = 63

/** A host that the environment owns: made from a route's pattern, with its stable port. */
export interface AssignedHost {
  readonly pattern: string
  readonly host: string
  readonly port?: number | undefined
}

/** What an environment's hosts are named after. */
export interface HostOwner {
  readonly project: string
  readonly environment: string
}

/**
 * The local host for a route's host pattern: `<label>.localhost`, the label valid and at most 63 bytes.
 * `{default}` and `{all}` become `<project>-<environment>`; what stands before or instead of them is put in front with
 * `--`; a leading `*.` stays. A label that is too long, or that `isTaken` by another environment, ends in a short hash.
 */
export function localHost(pattern: string, owner: HostOwner, isTaken: (host: string) => boolean): string {
  const wildcard = pattern.startsWith('*.')
  const base = `${owner.project}-${owner.environment}`
  const rest = (wildcard ? pattern.slice(2) : pattern).replace(/\.?\{(default|all)\}$/, '')
  const wanted = rest === '' ? base : `${slug(rest)}--${base}`
  const label = wanted.length > LABEL_MAX ? hashed(wanted, owner, pattern) : wanted
  const host = `${wildcard ? '*.' : ''}${label}.localhost`
  if (!isTaken(host)) return host
  return `${wildcard ? '*.' : ''}${hashed(label, owner, pattern)}.localhost`
}

/** True when the pattern names a host of its own instead of one derived from the environment's. */
export function isLiteralHost(pattern: string): boolean {
  return !/\{(default|all)\}/.test(pattern)
}

function slug(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
}

function hashed(label: string, owner: HostOwner, pattern: string): string {
  const digest = createHash('sha256')
    .update(`${owner.project}/${owner.environment}/${pattern}`)
    .digest('hex')
    .slice(0, 6)
  return `${label.slice(0, LABEL_MAX - 7).replace(/-+$/, '')}-${digest}`
}
