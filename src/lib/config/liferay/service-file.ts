import { posix } from 'node:path'
import { parseJson } from '../document/json-document.ts'
import { mergeNodes, withoutKeys } from '../document/node.ts'
import { addProblem, addWarning, type Section, subsection } from '../document/section.ts'
import { validate } from '../document/validate.ts'
import type { ReaderContext } from '../reader.ts'
import { fileSchema, type ServiceInput, serviceSchema } from './schema.ts'

/** A service as it is in the environment that is asked for. */
export interface ServiceFile {
  readonly name: string
  /** Directory in the tree. */
  readonly root: string
  readonly input: ServiceInput
  readonly section: Section
}

/** Reads one LCP.json and merges the environment's overrides in; undefined after a problem. */
export async function readServiceFile(file: string, context: ReaderContext): Promise<ServiceFile | undefined> {
  const { environment, findings, tree } = context
  const text = await tree.text(file, findings)
  const node = text === undefined ? undefined : parseJson(file, text, findings)
  if (!node) return undefined
  const whole: Section = { findings, node, path: [] }
  if (!validate(fileSchema, whole)) return undefined
  const override = subsection(whole, 'environments', environment.name)
  const base = canonical(withoutKeys(node, ['environments']))
  const section = { ...whole, node: override ? mergeNodes(base, canonical(override.node)) : base }
  const input = validate(serviceSchema, section)
  if (!input) return undefined
  return {
    input,
    name: serviceName(input, section, { file, project: context.project }),
    root: posix.dirname(file),
    section,
  }
}

/** learn.liferay.com: lower-case letters and digits only. */
export function isServiceId(name: string): boolean {
  return /^[a-z0-9]+$/.test(name)
}

/** The spelling `loadbalancer`, which some of the vendor's pages use, as `loadBalancer`. */
function canonical(node: Section['node']): Section['node'] {
  if (node.kind !== 'map' || !node.entries.has('loadbalancer')) return node
  return {
    ...node,
    entries: new Map([...node.entries].map(([key, entry]) => [key === 'loadbalancer' ? 'loadBalancer' : key, entry])),
  }
}

/** Ids are lower-cased as the vendor's client does; without one the directory names the service. */
function serviceName(
  { id }: ServiceInput,
  section: Section,
  { file, project }: { readonly file: string; readonly project: string },
): string {
  if (id === undefined || id === '') {
    const directory = posix.dirname(file)
    const name = (directory === '.' ? project : directory).toLowerCase().replaceAll(/[^a-z0-9]/g, '')
    addWarning(section, [], `has no id; the service is called "${name}"`)
    return name
  }
  const name = id.toLowerCase()
  if (/^__\w+__$/.test(id))
    addProblem(section, ['id'], {
      message: `${id} is a placeholder that the build replaces: build the workspace first`,
    })
  else if (!isServiceId(name))
    addProblem(section, ['id'], { message: `"${id}" is no id; allowed: lower-case letters and digits` })
  else if (name !== id) addWarning(section, ['id'], `"${id}" becomes "${name}": ids are lower-case`)
  return name
}
