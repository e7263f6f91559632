import { posix } from 'node:path'
import { addProblem, keysOf, type Section, subsection } from '../document/section.ts'
import { parseYaml } from '../document/yaml-document.ts'
import type { ReaderContext, ReaderResult } from '../reader.ts'
import { FAMILIES, type Family } from './family.ts'
import { type FoundApplication, readApplications } from './read-applications.ts'
import { applicationRoot } from './read-upsun.ts'

/** `.magento.app.yaml` of each application with `.magento/{services,routes}.yaml`. */
export function readMagento(context: ReaderContext): Promise<ReaderResult> {
  return readFamily(context, FAMILIES.magento, '.magento')
}

/** `.platform.app.yaml` of each application and `.platform/applications.yaml`, with `.platform/{services,routes}.yaml`. */
export function readPlatformsh(context: ReaderContext): Promise<ReaderResult> {
  return readFamily(context, FAMILIES.platformsh, '.platform')
}

async function readFamily(context: ReaderContext, family: Family, directory: string): Promise<ReaderResult> {
  const applications: FoundApplication[] = []
  for (const file of context.files) {
    const section = await readSection(context, file)
    if (!section) continue
    if (posix.basename(file) === 'applications.yaml') applications.push(...listedApplications(section))
    else applications.push(...oneApplication(section, posix.dirname(file)))
  }
  const found = {
    applications,
    family,
    project: context.project,
    routes: await readSection(context, `${directory}/routes.yaml`),
    services: await readSection(context, `${directory}/services.yaml`),
    tree: context.tree,
  }
  return { ...readApplications(found), format: family.format }
}

/** The file's document; undefined when there is no such file, it is empty or broken. */
async function readSection({ findings, tree }: ReaderContext, file: string): Promise<Section | undefined> {
  const text = await tree.text(file, findings)
  const node = text === undefined ? undefined : await parseYaml(text, { file, findings, includedBy: [], tree })
  if (!node || (node.kind === 'scalar' && node.value === null && !file.endsWith('app.yaml'))) return undefined
  return { findings, node, path: [] }
}

/** `.platform/applications.yaml`: a list, or a map by name. */
function listedApplications(section: Section): FoundApplication[] {
  if (section.node.kind === 'list') {
    return section.node.items.flatMap((_, index) => {
      const own = subsection(section, index)
      return own ? oneApplication(own, '.') : []
    })
  }
  if (section.node.kind === 'scalar') addProblem(section, [], { message: 'must be a map or a list of applications' })
  return keysOf(section).flatMap(name => {
    const own = subsection(section, name)
    return own ? { name, root: applicationRoot(own, '.'), section: own } : []
  })
}

function oneApplication(section: Section, directory: string): FoundApplication[] {
  if (section.node.kind !== 'map') {
    addProblem(section, [], { message: 'must be a map that describes an application' })
    return []
  }
  const name = subsection(section, 'name')
  if (!name) addProblem(section, ['name'], { message: 'is required: text' })
  if (name?.node.kind !== 'scalar' || typeof name.node.value !== 'string') {
    // told about here or by the schema; the rest is still read for what else is wrong
    return [{ name: 'app', root: applicationRoot(section, directory), section }]
  }
  return [{ name: name.node.value, root: applicationRoot(section, directory), section }]
}
