import { keysOf, type Section, subsection } from '../document/section.ts'
import { nameServices } from '../shared/service-names.ts'

interface Part {
  readonly name: string
  readonly section: Section
}

/** Application -> worker key -> service name, with the names checked, also against those of the managed services. */
export function createNames<Found extends Part>(
  applications: readonly Found[],
  services: readonly Part[],
): ReadonlyMap<Found, ReadonlyMap<string, string>> {
  const named = applications.map(({ name, section }) => ({
    name,
    section: nameSection(section),
    workers: workerSections(section),
  }))
  const names = nameServices([...named, ...services.map(service => ({ ...service, workers: [] }))])
  return new Map(
    applications.map((application, index) => {
      const own = named[index]
      return [application, (own && names.get(own)) ?? new Map<string, string>()]
    }),
  )
}

function nameSection(section: Section): Section {
  return subsection(section, 'name') ?? section
}

function workerSections(section: Section): { key: string; section: Section }[] {
  const workers = subsection(section, 'workers')
  return keysOf(workers).flatMap(key => {
    const own = subsection(section, 'workers', key)
    return own ? { key, section: own } : []
  })
}
