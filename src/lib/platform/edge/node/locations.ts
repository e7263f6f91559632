import type { LocationSpec } from '../../../config/environment-spec.ts'
import { pathSuffix } from './paths.ts'
import { toPattern } from './pattern.ts'

type Rules = Omit<LocationSpec, 'rules'>

/** What holds for one path: its location with the first matching rule laid over it. */
export interface LocationMatch extends Rules {
  /** What follows the location's prefix. */
  readonly suffix: string
  /** Named groups of the rule that matched. */
  readonly captures: Readonly<Record<string, string>>
}

export interface CompiledLocation {
  readonly prefix: string
  match(path: string): LocationMatch | undefined
}

/** Longest prefix first. */
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
  const compiled = Object.entries(rules).map(([source, rule]) => ({ pattern: toPattern(source), rule }))
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
