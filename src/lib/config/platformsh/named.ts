import { keysOf, type Section, subsection } from '../document/section.ts'
import { nameServices } from '../shared/service-names.ts'

interface Application {
  readonly name: string
  readonly section: Section
}

/** Application -> worker key -> service name, with the names checked. */
export function createNames<Found extends Application>(
  applications: readonly Found[],
): ReadonlyMap<Found, ReadonlyMap<string, string>> {
  const named = applications.map(({ name, section }) => ({
    name,
    section: nameSection(section),
    workers: workerSections(section),
  }))
  const names = nameServices(named)
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
