import * as z from 'zod/mini'
import { type ConfigNode, type MapEntry } from '../document/node.ts'
import { addProblem, keysOf, type Section, subsection, subsectionOrEmpty } from '../document/section.ts'
import { strict, validate } from '../document/validate.ts'
import { parseYaml } from '../document/yaml-document.ts'
import type { ReaderContext, ReaderResult } from '../reader.ts'
import { insidePath } from '../tree.ts'
import { FAMILIES, type Family } from './family.ts'
import { type FoundApplication, readApplications } from './read-applications.ts'

const mapOrNothing = z.nullish(z.record(z.string(), z.unknown()))
const topSchema = strict({ applications: mapOrNothing, routes: mapOrNothing, services: mapOrNothing })

/** `aloft.yaml`: the structure of `.upsun/config.yaml` with our additions. */
export function readAloft(context: ReaderContext): Promise<ReaderResult> {
  return readFiles(context, FAMILIES.aloft)
}

/** `.upsun/*.yaml`, merged: a name that is in two files is a problem. */
export function readUpsun(context: ReaderContext): Promise<ReaderResult> {
  return readFiles(context, FAMILIES.upsun)
}

async function readFiles({ files, findings, project, tree }: ReaderContext, family: Family): Promise<ReaderResult> {
  const sections: Section[] = []
  for (const file of files) {
    const text = await tree.text(file, findings)
    const node = text === undefined ? undefined : await parseYaml(text, { file, findings, includedBy: [], tree })
    if (!node || (files.length > 1 && isEmpty(node))) continue
    const section = { findings, node, path: [] }
    if (node.kind === 'map') validate(topSchema, section)
    else addProblem(section, [], { message: 'must be a map with the keys applications, services and routes' })
    if (node.kind === 'map') sections.push(section)
  }
  const merged = mergeTops(sections)
  if (!merged) return { applications: [], format: family.format, routes: [], services: [] }
  const applications = findApplications(subsection(merged, 'applications'))
  if (applications.length === 0 && sections.length === files.length)
    addProblem(merged, [], { message: 'there are no applications' })
  const found = {
    applications,
    family,
    project,
    routes: subsection(merged, 'routes'),
    services: subsection(merged, 'services'),
    tree,
  }
  return { ...readApplications(found), format: family.format }
}

function isEmpty(node: ConfigNode): boolean {
  return node.kind === 'scalar' && node.value === null
}

function mergeTops([first, ...others]: readonly Section[]): Section | undefined {
  if (!first) return undefined
  const tops = new Map<string, MapEntry>()
  for (const section of [first, ...others]) {
    for (const top of keysOf(section)) {
      const entry = section.node.kind === 'map' ? section.node.entries.get(top) : undefined
      if (entry) tops.set(top, mergeTop(tops.get(top), entry, { section, top }))
    }
  }
  return { ...first, node: { at: first.node.at, entries: tops, kind: 'map' } }
}

function mergeTop(
  before: MapEntry | undefined,
  entry: MapEntry,
  { section, top }: { section: Section; top: string },
): MapEntry {
  if (before?.value.kind !== 'map') return entry
  if (entry.value.kind !== 'map') return before
  const entries = new Map(before.value.entries)
  for (const [name, value] of entry.value.entries) {
    const other = entries.get(name)
    if (other) addProblem(section, [top, name], { message: `is in ${other.key.file} already` })
    else entries.set(name, value)
  }
  return { key: before.key, value: { at: before.value.at, entries, kind: 'map' } }
}

function findApplications(section: Section | undefined): FoundApplication[] {
  return keysOf(section).flatMap(name => {
    if (!section) return []
    const own = subsectionOrEmpty(section, name)
    return { name, root: applicationRoot(own, '.'), section: own }
  })
}

/** `source.root`, from the tree's root; else the directory of the file. */
export function applicationRoot(section: Section, directory: string): string {
  const root = subsection(section, 'source', 'root')
  if (root?.node.kind !== 'scalar' || typeof root.node.value !== 'string') return directory
  const inside = insidePath(root.node.value)
  if (inside === undefined) addProblem(section, ['source', 'root'], { message: 'leaves the project' })
  return inside ?? '.'
}
