import type { LocationSpec } from '../../../config/environment-spec.ts'
import { pathSuffix } from './paths.ts'

type Rules = Omit<LocationSpec, 'rules'>

/** What holds for one path: its location with the first matching rule laid over it. */
export interface LocationMatch extends Rules {
  /** What follows the location's prefix. */
  readonly suffix: string
  /** A rule names this path, so that `allow: false` of the location does not count. */
  readonly captures: Readonly<Record<string, string>>
}

export interface CompiledLocation {
  readonly prefix: string
  match(path: string): LocationMatch | undefined
}

/** Longest prefix first. @throws SyntaxError when a rule is no regular expression */
export function compileLocations(locations: Readonly<Record<string, LocationSpec>>): readonly CompiledLocation[] {
  return Object.entries(locations)
    .map(([prefix, location]) => compileLocation(prefix.startsWith('/') ? prefix : `/${prefix}`, location))
    .toSorted((a, b) => b.prefix.length - a.prefix.length)
}

export function matchLocation(locations: readonly CompiledLocation[], path: string): LocationMatch | undefined {
  for (const location of locations) {
    const match = location.match(path)
    if (match) return match
  }
  return undefined
}

function compileLocation(prefix: string, { rules, ...location }: LocationSpec): CompiledLocation {
  // PCRE's inline flag, as the Platform.sh family's examples write it: `(?i)\.(css|js)$`
  const compiled = Object.entries(rules).map(([source, rule]) => {
    const insensitive = source.startsWith('(?i)')
    return { pattern: new RegExp(insensitive ? source.slice(4) : source, insensitive ? 'i' : ''), rule }
  })
  return {
    match(path) {
      const suffix = pathSuffix(prefix, path)
      if (suffix === undefined) return undefined
      for (const { pattern, rule } of compiled) {
        const found = pattern.exec(path)
        if (!found) continue
        const headers = { ...location.headers, ...rule.headers }
        return { ...location, ...definedOnly(rule), captures: { ...found.groups }, headers, suffix }
      }
      return { ...location, captures: {}, suffix }
    },
    prefix,
  }
}

function definedOnly(rule: LocationSpec['rules'][string]): Partial<Rules> {
  return {
    ...(rule.allow === undefined ? {} : { allow: rule.allow }),
    ...(rule.expiresMs === undefined ? {} : { expiresMs: rule.expiresMs }),
    ...(rule.passthru === undefined ? {} : { passthru: rule.passthru }),
    ...(rule.scripts === undefined ? {} : { scripts: rule.scripts }),
  }
}
