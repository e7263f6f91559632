import { nameProblem } from '../../core/names.ts'
import { addProblem, type Section } from '../document/section.ts'

/** An application or worker as it stands in the file, for its name. */
export interface Named {
  readonly name: string
  readonly section: Section
  readonly workers: readonly { readonly key: string; readonly section: Section }[]
}

/**
 * The service name of each worker of each application: its key, or `<application>--<key>` where an application or another
 * worker of the project has that name. Duplicate, invalid and reserved names are problems.
 */
export function nameServices(applications: readonly Named[]): ReadonlyMap<Named, ReadonlyMap<string, string>> {
  const taken = applications.flatMap(({ name, workers }) => [name, ...workers.map(({ key }) => key)])
  const isShared = (name: string): boolean => taken.filter(other => other === name).length > 1
  const names = new Map(
    applications.map(application => [
      application,
      new Map(
        application.workers.map(({ key }) => [key, isShared(key) ? `${application.name}--${key}` : key] as const),
      ),
    ]),
  )
  checkNames(applications, names)
  return names
}

function checkNames(applications: readonly Named[], names: ReadonlyMap<Named, ReadonlyMap<string, string>>): void {
  const seen = new Set<string>()
  const check = (name: string, section: Section): void => {
    const message = seen.has(name) ? `the name "${name}" is there twice` : nameProblem(name)
    if (message !== undefined) addProblem(section, [], { message })
    seen.add(name)
  }
  for (const { name, section } of applications) check(name, section)
  for (const application of applications) {
    for (const { key, section } of application.workers) check(names.get(application)?.get(key) ?? key, section)
  }
}
