import type { Findings, Problem } from '../findings.ts'
import { type ConfigNode, formatPath, nodeAt, type Path, placeOf } from './node.ts'

/** A part of a document under reading: where it is and whom to tell. */
export interface Section {
  readonly node: ConfigNode
  /** Of this part in its document, for messages. */
  readonly path: Path
  readonly findings: Findings
}

/** The part at `key`; undefined when it is absent or null. */
export function subsection(section: Section, ...path: Path): Section | undefined {
  const node = nodeAt(section.node, path)
  if (!node || (node.kind === 'scalar' && node.value === null)) return undefined
  return { ...section, node, path: [...section.path, ...path] }
}

/** The part at `key`; an empty map when it has no value. */
export function subsectionOrEmpty(section: Section, key: string): Section {
  const empty: ConfigNode = { at: placeOf(section.node, [key]), entries: new Map(), kind: 'map' }
  return subsection(section, key) ?? { ...section, node: empty, path: [...section.path, key] }
}

/** The keys of a map; none for anything else. */
export function keysOf(section: Section | undefined): readonly string[] {
  return section?.node.kind === 'map' ? [...section.node.entries.keys()] : []
}

export function addProblem(section: Section, path: Path, problem: Pick<Problem, 'message' | 'allowed'>): void {
  section.findings.problems.push({ ...placed(section, path), ...problem })
}

export function addUnsupported(section: Section, path: Path, message: string): void {
  section.findings.unsupported.push({ ...placed(section, path), message })
}

export function addWarning(section: Section, path: Path, message: string): void {
  const { file, path: where } = placed(section, path)
  section.findings.warnings.push(`${file}: ${where === '' ? '' : `${where}: `}${message}`)
}

function placed(section: Section, path: Path): Pick<Problem, 'file' | 'line' | 'column' | 'path'> {
  const { column, file, line } = placeOf(section.node, path)
  return { column, file, line, path: formatPath([...section.path, ...path]) }
}

/** What becomes of keys that are part of the format: key pattern (`web.locations.*.ssi`) -> why. */
export interface KeyEffects {
  readonly ignored: Readonly<Record<string, string>>
  readonly unsupported: Readonly<Record<string, string>>
}

/** Warns of the keys that have no effect here, and lists those this platform does not have. */
export function reportKeys(section: Section, { ignored, unsupported }: KeyEffects): void {
  for (const [pattern, reason] of Object.entries(ignored)) {
    for (const path of matches(section, pattern)) addWarning(section, path, reason)
  }
  for (const [pattern, reason] of Object.entries(unsupported)) {
    for (const path of matches(section, pattern)) addUnsupported(section, path, reason)
  }
}

function matches(section: Section, pattern: string): Path[] {
  return pattern
    .split('.')
    .reduce<Path[]>(
      (paths, part) =>
        paths.flatMap(path =>
          part === '*' ? keysOf(at(section, path)).map(key => [...path, key]) : [[...path, part]],
        ),
      [[]],
    )
    .filter(path => !isEmpty(at(section, path)))
}

function at(section: Section, path: Path): Section | undefined {
  return subsection(section, ...path)
}

function isEmpty(section: Section | undefined): boolean {
  if (!section) return true
  const { node } = section
  return (node.kind === 'map' && node.entries.size === 0) || (node.kind === 'list' && node.items.length === 0)
}
