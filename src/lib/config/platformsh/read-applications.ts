import type { ApplicationSpec, EnvironmentSpec, RouteSpec } from '../environment-spec.ts'
import { addProblem, keysOf, type Section, subsection } from '../document/section.ts'
import { validate } from '../document/validate.ts'
import { createNames } from './named.ts'
import { toApplication } from './application.ts'
import type { Family } from './family.ts'
import { checkApplication } from './raw-checks.ts'
import { defaultRoute, toRoutes } from './routes.ts'
import { aloftApplicationSchema, namedApplicationSchema, upsunApplicationSchema } from './schemas.ts'
import { readServices, serviceSections } from './services.ts'
import type { Tree } from '../tree.ts'

/** An application as it was found, before it is read. */
export interface FoundApplication {
  readonly name: string
  /** Directory in the tree; undefined when what the file says leaves it. */
  readonly root: string
  readonly section: Section
}

/** The three parts of a project of the family, wherever they stood. */
export interface FoundProject {
  readonly family: Family
  readonly tree: Tree
  readonly project: string
  readonly applications: readonly FoundApplication[]
  readonly services: Section | undefined
  readonly routes: Section | undefined
}

/** Everything but the files' names and the warnings. */
export function readApplications(found: FoundProject): Pick<EnvironmentSpec, 'applications' | 'routes' | 'services'> {
  const { family, project, tree } = found
  const services = readServices(found.services, family)
  const targets = { applications: found.applications.map(({ name }) => name), services }
  const names = createNames(found.applications, serviceSections(found.services))
  const applications = found.applications.flatMap(application => {
    const { name, root, section } = application
    const input = validate(schemaOf(section, family), section)
    const { runtime, ...checked } = checkApplication(section, family, targets)
    if (!input || !runtime) return []
    const workerNames = names.get(application) ?? new Map<string, string>()
    return toApplication(input, { ...checked, family, name, project, root, runtime, tree, workerNames })
  })
  return {
    applications,
    routes: readRoutes(found, applications, [...services.keys()]),
    services: [...services.values()].filter(service => service !== undefined),
  }
}

function schemaOf(section: Section, { extended }: Family) {
  if (extended) return aloftApplicationSchema
  return keysOf(section).includes('name') ? namedApplicationSchema : upsunApplicationSchema
}

function readRoutes(
  found: FoundProject,
  applications: readonly ApplicationSpec[],
  services: readonly string[],
): readonly RouteSpec[] {
  const names = found.applications.map(({ name }) => name)
  if (found.routes) return toRoutes(found.routes, { applications: names, services })
  const [first, second] = found.applications.filter(({ section }) => subsection(section, 'web'))
  if (!first) return []
  if (second) {
    addProblem(second.section, [], {
      message: `there are several applications (${names.join(', ')}) and no routes: only one can be the default`,
    })
    return []
  }
  const reachable = applications.some(({ name, web }) => name === first.name && web)
  return reachable ? [defaultRoute(first.name, found.family.extended ? 'both' : 'https')] : []
}
