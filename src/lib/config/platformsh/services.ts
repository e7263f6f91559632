import * as z from 'zod/mini'
import { didYouMean } from '../document/nearest.ts'
import {
  addProblem,
  addUnsupported,
  keysOf,
  reportKeys,
  type Section,
  subsection,
  subsectionOrEmpty,
} from '../document/section.ts'
import { strict, validate } from '../document/validate.ts'
import type { ManagedServiceSpec } from '../environment-spec.ts'
import { anything, count, text } from '../shared/fields.ts'
import { serviceSettings } from '../shared/service-settings.ts'
import { SERVICE_TYPE_WORDS, SERVICES_ELSEWHERE, serviceTypeName } from '../shared/service-types.ts'
import { SERVICE_EFFECTS } from './effects.ts'
import type { Family } from './family.ts'

/** docs.platform.sh, "Services". */
const serviceSchema = strict({
  access: z.nullish(anything),
  configuration: z.nullish(z.record(z.string(), z.unknown())),
  container_profile: z.nullish(text),
  disk: z.nullish(count),
  firewall: z.nullish(anything),
  relationships: z.nullish(anything),
  resources: z.nullish(anything),
  size: z.nullish(text),
  type: text,
})

/** Service name -> what it is; undefined for one that has problems of its own. */
export type FoundServices = ReadonlyMap<string, ManagedServiceSpec | undefined>

export function readServices(section: Section | undefined, family: Family): FoundServices {
  if (!section || !validate(z.record(z.string(), z.unknown()), section)) return new Map()
  return new Map(
    serviceSections(section).map(({ name, section: own }) => [name, readService(name, own, family)] as const),
  )
}

/** The part of the file that is each service's. */
export function serviceSections(
  section: Section | undefined,
): readonly { readonly name: string; readonly section: Section }[] {
  return keysOf(section).flatMap(name => (section ? { name, section: subsectionOrEmpty(section, name) } : []))
}

function readService(name: string, section: Section, family: Family): ManagedServiceSpec | undefined {
  reportKeys(section, SERVICE_EFFECTS)
  const service = validate(serviceSchema, section)
  const asked = service && readType(service.type, section, family)
  if (!asked || !hasSettings(asked.type, section)) return undefined
  return {
    configuration: service.configuration ?? {},
    diskMb: service.disk ?? undefined,
    name,
    ...asked,
  }
}

/** Whether the configuration is one of that type; each misfit is a problem at its place. */
function hasSettings(type: string, section: Section): boolean {
  const settings = serviceSettings(type)
  const own = subsection(section, 'configuration')
  return settings === undefined || own === undefined || validate(settings, own) !== undefined
}

/** `type: name:version`; only `aloft.yaml`, and whoever takes any search engine, may leave the version out. */
function readType(
  asked: string,
  section: Section,
  { extended }: Family,
): Pick<ManagedServiceSpec, 'type' | 'version'> | undefined {
  const [type = '', version] = asked.split(':', 2)
  const allowed = SERVICE_TYPE_WORDS
  if (SERVICES_ELSEWHERE.includes(type)) addUnsupported(section, ['type'], `the managed service ${asked}`)
  else if (!serviceTypeName(type))
    addProblem(section, ['type'], {
      allowed,
      message: `there is no service type "${type}"${didYouMean(type, allowed)} (types: ${allowed.join(', ')})`,
    })
  else if (version === '' || (version === undefined && !extended && type !== 'search'))
    addProblem(section, ['type'], { message: `"${asked}" names no version; expected ${type}:VERSION` })
  else return { type, version }
  return undefined
}
