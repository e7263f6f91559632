import * as z from 'zod/mini'
import { didYouMean } from '../document/nearest.ts'
import { addProblem, addUnsupported, keysOf, type Section, subsection } from '../document/section.ts'
import { toValue } from '../document/node.ts'
import { strict } from '../document/validate.ts'
import type { ManagedServiceSpec, RelationshipSpec } from '../environment-spec.ts'
import { text } from '../shared/fields.ts'
import { defaultEndpoint, serviceTypeName } from '../shared/service-types.ts'
import type { FoundServices } from './services.ts'

const SHORT = /^([^:]+):([^:]+)$/

const name = z
  .string()
  .check(z.regex(/^[A-Za-z][\w-]*$/, { error: 'is no name; expected letters, digits, dashes and underscores' }))

const relationshipSchema = z.union([
  z.string().check(z.regex(SHORT, { error: 'is no relationship; expected "service:endpoint"' })),
  strict({ endpoint: z.nullish(text), service: z.nullish(text) }),
])
type RelationshipInput = z.output<typeof relationshipSchema>

/** Relationship -> service and endpoint, in all spellings (docs.platform.sh, "Relationships"). */
export const relationshipsSchema = z.record(name, z.nullish(relationshipSchema))

export interface RelationshipTargets {
  readonly services: FoundServices
  /** Names of all applications. */
  readonly applications: readonly string[]
}

/** The relationships of an application or a worker; those that the schema refuses are left out, the others read all the same. */
export function readRelationships(
  section: Section | undefined,
  targets: RelationshipTargets,
): readonly RelationshipSpec[] {
  return keysOf(section).flatMap(key => {
    if (!section) return []
    const own = subsection(section, key)
    const { data, success } = z.safeParse(relationshipSchema, own ? toValue(own.node) : {})
    return success ? readRelationship(key, data, { section, targets }) : []
  })
}

function readRelationship(
  key: string,
  value: RelationshipInput,
  { section, targets }: { readonly section: Section; readonly targets: RelationshipTargets },
): RelationshipSpec[] {
  const { endpoint, service } = spelledOut(key, value)
  const found = targets.services.get(service)
  if (found) return relate(found, { endpoint, key, section })
  if (targets.applications.includes(service))
    addUnsupported(section, [key], `a relationship to another application (${service})`)
  else if (!targets.services.has(service)) {
    const names = [...targets.services.keys()]
    const known = names.length === 0 ? 'there are no services' : `services: ${names.join(', ')}`
    addProblem(section, [key], {
      allowed: names,
      message: `there is no service "${service}"${didYouMean(service, names)} (${known})`,
    })
  }
  return []
}

/** Without one it is the service of its own name. */
function spelledOut(
  key: string,
  value: RelationshipInput,
): { readonly service: string; readonly endpoint: string | undefined } {
  if (typeof value !== 'string') return { endpoint: value.endpoint ?? undefined, service: value.service ?? key }
  const [, service = key, endpoint] = SHORT.exec(value) ?? []
  return { endpoint, service }
}

function relate(
  service: ManagedServiceSpec,
  {
    endpoint,
    key,
    section,
  }: { readonly endpoint: string | undefined; readonly key: string; readonly section: Section },
): RelationshipSpec[] {
  if (serviceTypeName(service.type) === 'network-storage') {
    addProblem(section, [key], {
      message: `${service.name} is a network storage: use it by a mount of source "service"`,
    })
    return []
  }
  const chosen = endpoint ?? defaultEndpoint(service.type)
  const endpoints = endpointsOf(service)
  if (endpoints.includes(chosen)) return [{ endpoint: chosen, name: key, service: service.name }]
  addProblem(section, [key], {
    allowed: endpoints,
    message: `${service.name} has no endpoint "${chosen}"${didYouMean(chosen, endpoints)} (endpoints: ${endpoints.join(', ')})`,
  })
  return []
}

/** Those that the service's configuration defines, else the one of its type. */
function endpointsOf({ configuration, type }: ManagedServiceSpec): readonly string[] {
  const defined: unknown = configuration['endpoints']
  const names = typeof defined === 'object' && defined !== null ? Object.keys(defined) : []
  return names.length > 0 ? names : [defaultEndpoint(type)]
}
