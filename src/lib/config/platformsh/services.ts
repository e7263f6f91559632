import * as z from 'zod/mini'
import { addUnsupported, keysOf, type Section, subsection } from '../document/section.ts'
import { strict, validate } from '../document/validate.ts'
import { anything, count, text } from '../shared/fields.ts'

/** docs.platform.sh, "Services". */
const serviceSchema = strict({
  access: z.nullish(anything),
  configuration: z.nullish(anything),
  container_profile: z.nullish(text),
  disk: z.nullish(count),
  firewall: z.nullish(anything),
  relationships: z.nullish(anything),
  resources: z.nullish(anything),
  size: z.nullish(text),
  type: text,
})

/** Names of the managed services, which are checked and then listed as not there yet. */
export function readServices(section: Section | undefined): readonly string[] {
  if (!section) return []
  const valid = validate(z.record(z.string(), z.unknown()), section)
  if (!valid) return []
  for (const name of keysOf(section)) {
    const own = subsection(section, name) ?? { ...section, path: [...section.path, name] }
    const service = validate(serviceSchema, own)
    if (service) addUnsupported(section, [name], `the managed service ${name} (${service.type})`)
  }
  return keysOf(section)
}
